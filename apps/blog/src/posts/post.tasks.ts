import { EventBus } from '@core-framework/messaging';
import { PeriodicTask, TaskContext } from '@core-framework/tasks';
import { Injectable } from '@nestjs/common';
import { publishedPost } from './post.events.js';
import { Post } from './post.model.js';
import { publish } from './publish.js';

/** Most posts that one run publishes: those that are left are for the next one. */
const AT_ONCE = 100;

/** What is done for posts by the clock. */
@Injectable()
export class PostTasks {
  constructor(private readonly events: EventBus) {}

  /** Publishes the drafts whose time has come, each along with its event. */
  @PeriodicTask({ cron: '* * * * *', overlap: 'skip', transaction: true })
  async publishScheduled(context?: TaskContext): Promise<{ published: number }> {
    const now = context?.slot ?? new Date();
    const due = await Post.objects
      .filter({ isPublished: false, publishAt__lte: now })
      .orderBy('publishAt')
      .limit(AT_ONCE)
      .all();
    for (const post of due) {
      await publish(post);
      await this.events.publish('post.published', publishedPost(post));
    }
    return { published: due.length };
  }
}
