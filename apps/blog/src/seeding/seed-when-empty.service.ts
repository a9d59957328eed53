import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { BootReportRegistry } from '@core-framework/common';
import { InjectManager, type Manager, runInContext, SeederService } from '@core-framework/orm';
import { BlogSettings } from '../blog.settings.js';
import { User } from '../users/user.model.js';
import { SEEDED_LOGINS, SEEDED_PASSWORD } from './blog.seeder.js';

/** Gives a new sample something to show: fills the database once, outside production, when nobody is in it. */
@Injectable()
export class SeedWhenEmpty implements OnApplicationBootstrap {
  constructor(
    private readonly settings: BlogSettings,
    private readonly report: BootReportRegistry,
    private readonly seeders: SeederService,
    @InjectManager(User) private readonly users: Manager<User>,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.isProduction || !this.settings.seedWhenEmpty) return;
    if (!(await runInContext(() => this.users.exists()))) await this.seeders.run(['Blog'], { seed: 6 });
    this.report.set('Login', `${SEEDED_LOGINS.join(', ')} / ${SEEDED_PASSWORD} (development only)`);
  }
}
