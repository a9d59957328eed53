import { CoreOrmModule } from '@core-framework/orm';
import { InjectTasks, Task, type TaskClient, TaskContext, TasksModule } from '@core-framework/tasks';
import { Injectable, Module } from '@nestjs/common';

@Injectable()
export class EmailTasks {
  readonly sent: string[] = [];

  @Task({ queue: 'emails', retry: 3, retryDelay: '60s', timeout: '5m' })
  async sendEmail(to: string, subject: string, context?: TaskContext) {
    this.sent.push(`${subject} to ${to}, attempt ${context?.attempt ?? 'none'}`);
    return { sent: true };
  }
}

@Injectable()
export class Welcome {
  constructor(@InjectTasks(EmailTasks) private readonly emails: TaskClient<EmailTasks>) {}

  async greet(email: string) {
    await this.emails.sendEmail('office@example.com', `${email} is here`); // here and now
    return this.emails.sendEmail.delay(email, 'Welcome'); // by a worker, if the transaction commits
  }

  remind(email: string) {
    return this.emails.sendEmail.applyAsync({
      args: [email, 'Still there?'],
      countdown: '7d',
      unique: `remind:${email}`,
    });
  }
}

@Module({
  imports: [CoreOrmModule.forRoot({ url: 'sqlite://:memory:', schema: 'update' }), TasksModule.forRoot()],
  providers: [EmailTasks, Welcome],
})
export class AppModule {}
