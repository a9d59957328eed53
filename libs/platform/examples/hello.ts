import 'reflect-metadata';
import { NotFoundException } from '@core-framework/common';
import { CoreFactory } from '@core-framework/platform';
import { Controller, Get, Module, Param } from '@nestjs/common';

@Controller('greetings')
class GreetingsController {
  @Get(':language')
  greet(@Param('language') language: string) {
    if (language !== 'en') throw new NotFoundException(`Nobody here speaks "${language}".`);
    return { greeting: 'Hello' };
  }
}

@Module({ controllers: [GreetingsController] })
class AppModule {}

await CoreFactory.run(AppModule, { title: 'Greetings' });
