import { AuthHooks } from '@core-framework/auth';
import { InjectTasks, type TaskClient } from '@core-framework/tasks';
import { Injectable } from '@nestjs/common';
import type { User } from './user.model.js';
import { UserTasks } from './user.tasks.js';

/** What the blog does beside the steps of an account. */
@Injectable()
export class BlogAuthHooks extends AuthHooks<User> {
  constructor(@InjectTasks(UserTasks) private readonly tasks: TaskClient<UserTasks>) {
    super();
  }

  override async onAfterRegister(user: User): Promise<void> {
    await this.tasks.sendWelcome.delay(user.id);
  }
}
