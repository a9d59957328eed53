import { PeriodicTask, TaskContext } from '@core-framework/tasks';
import { Injectable } from '@nestjs/common';
import { Comment } from '../comments/comment.model.js';
import { Post } from '../posts/post.model.js';
import { User } from '../users/user.model.js';

const DAY_MS = 86_400_000;

/** Numbers that nobody should wait for. */
@Injectable()
export class StatisticsTasks {
  /** Counts what came about in the 24 hours before midnight; the answer is kept with the task. */
  @PeriodicTask({ cron: '0 0 * * *', missed: 'all' })
  async countDay(context?: TaskContext) {
    const until = context?.slot ?? new Date();
    const range: [Date, Date] = [new Date(until.getTime() - DAY_MS), new Date(until.getTime() - 1)];
    return {
      until: until.toISOString(),
      posts: await Post.objects.filter({ createdAt__range: range }).count(),
      comments: await Comment.objects.filter({ createdAt__range: range }).count(),
      users: await User.objects.filter({ dateJoined__range: range }).count(),
    };
  }
}
