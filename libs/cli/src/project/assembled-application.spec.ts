import { CoreOrmModule } from '@core-framework/orm';
import { ViewSetModule } from '@core-framework/viewset';
import { expect, test } from '@jest/globals';
import { Module, type OnApplicationBootstrap } from '@nestjs/common';
import { AssembledApplication } from './assembled-application.js';

class SeedsAtStart implements OnApplicationBootstrap {
  onApplicationBootstrap(): void {
    throw new Error('There are no tables yet.');
  }
}

@Module({
  imports: [CoreOrmModule.forRoot({ url: 'sqlite://:memory:' }), ViewSetModule.forRoot()],
  providers: [SeedsAtStart],
})
class AppModule {}

test('what an application does at the very end of its start is left out', async () => {
  await using application = await AssembledApplication.of(AppModule);
  await application.withRoutes();
  expect(application.find(SeedsAtStart)).toBeInstanceOf(SeedsAtStart);
  expect(application.find(class Unknown {})).toBeUndefined();
});
