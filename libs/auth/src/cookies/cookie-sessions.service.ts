import type { ActionContext } from '@core-framework/viewset';
import { Injectable } from '@nestjs/common';
import { AccountService } from '../accounts/account.service.js';
import type { TokenPair } from '../sessions/sessions.service.js';
import { CookieAnswers } from './cookie-answers.js';
import { CookieBackend } from './cookie.backend.js';

type Exchange = Pick<ActionContext, 'request' | 'reply'>;

/** The session of a browser that keeps its tokens in cookies. */
@Injectable()
export class CookieSessions {
  constructor(
    private readonly account: AccountService,
    private readonly answers: CookieAnswers,
    private readonly backend: CookieBackend,
  ) {}

  /** Signs the browser in, in place of whoever it was signed in as. */
  async replace({ request, reply }: Exchange, signIn: () => Promise<TokenPair>): Promise<object> {
    const former = await this.backend.formerHolderOf(request);
    const pair = await signIn();
    if (former?.proof.sessionId) await this.account.endSession(former, former.proof.sessionId, request);
    return this.answers.signedIn(pair, reply);
  }

  async refresh({ request, reply }: Exchange): Promise<object> {
    const token = await this.backend.refreshTokenOf(request);
    return this.answers.signedIn(await this.account.refresh(token, request), reply);
  }
}
