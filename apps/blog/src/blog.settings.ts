import type { PolicyOptions } from '@core-framework/auth';
import { CoreSettings, Setting } from '@core-framework/config';
import { IsBoolean, IsString } from 'class-validator';

/** The settings of the sample, beyond those that every application has. */
export class BlogSettings extends CoreSettings {
  override appName = 'Core Blog';
  override authPasswordHasher = 'argon2';

  /** Whether an empty database is filled with made-up posts when the application starts outside production. */
  @Setting({ description: 'Fill an empty database with made-up posts at start (never in production).' })
  @IsBoolean()
  seedWhenEmpty = true;

  @Setting({ description: 'A Casbin model.conf, whose rules decide beside groups and permissions.' })
  @IsString()
  policyModel = '';

  @Setting({ description: 'A policy.csv with rules for POLICY_MODEL.' })
  @IsString()
  policyFile = '';

  /** What `AuthModule` is told of them. */
  get policies(): PolicyOptions | undefined {
    if (!this.policyModel && !this.policyFile) return undefined;
    return {
      ...(this.policyModel && { model: { file: this.policyModel } }),
      ...(this.policyFile && { file: this.policyFile }),
    };
  }
}
