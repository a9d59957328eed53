import { RequestContext } from '@core-framework/common';
import { Inject, Injectable } from '@nestjs/common';
import { type AuthEventParts, AuthEvents } from '../events/auth-events.service.js';
import { forgetGrants } from './known-grants.js';

/** Which rights a change is about. */
export interface ChangedRights {
  /** Absent when a role is given rights. */
  readonly userId?: number | string;
  /** Makes the details of one right that was given or taken. */
  readonly detailOf: (name: string) => Readonly<Record<string, string>>;
  /** The names before the change, and after it. */
  readonly before: Iterable<string>;
  readonly after: Iterable<string>;
}

/** Puts changes of rights into the audit trail, in their transaction: who was given what, or had it taken, and by whom. */
@Injectable()
export class PermissionAudit {
  constructor(@Inject(AuthEvents) private readonly events: AuthEvents) {}

  /** Says who changed what, as far as that is known. */
  note({ detail, ...parts }: AuthEventParts): Promise<void> {
    const by = RequestContext.current()?.principal?.id;
    return this.events.record('authz_change', {
      ...parts,
      detail: { ...detail, ...(by != null && { by: String(by) }) },
    });
  }

  /** Notes each right that was given or taken, and has the unit of work read its grants again. */
  async noteDifference({ userId, detailOf, before, after }: ChangedRights): Promise<void> {
    const [had, has] = [new Set(before), new Set(after)];
    const note = (name: string, change: 'given' | 'taken') =>
      this.note({ ...(userId !== undefined && { userId }), detail: { ...detailOf(name), change } });
    for (const name of has) if (!had.has(name)) await note(name, 'given');
    for (const name of had) if (!has.has(name)) await note(name, 'taken');
    forgetGrants();
  }
}
