import { createHash } from 'node:crypto';
import type { Clock } from '@core-framework/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SecretBox } from '../secrets/secret-box.js';

/** Seconds to sign in at a provider. */
const LIFETIME = 600;

/** What has to be known when somebody comes back from a provider. */
export interface OAuthFlow {
  readonly provider: string;
  readonly nonce: string;
  readonly verifier: string;
  /** Where in the application to go on. */
  readonly next?: string;
  /** Whose account is to be linked, when somebody who is signed in asked. */
  readonly linkTo?: number | string;
}

interface SealedFlow extends OAuthFlow {
  readonly expiresAt: number;
}

/**
 * Keeps flows in the browser that began them, encrypted and bound to their state: whoever comes back with another browser, or
 * with somebody else's state, is not let in.
 */
export class OAuthFlowCookies {
  constructor(
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly isSecure: boolean,
  ) {}

  keep(state: string, flow: OAuthFlow, reply: FastifyReply): void {
    const sealed: SealedFlow = { ...flow, expiresAt: this.clock.now().getTime() + LIFETIME * 1000 };
    this.#set(reply, state, this.box.seal(JSON.stringify(sealed), contextOf(flow.provider, state)), LIFETIME);
  }

  /** `null` unless this browser began a flow with this state a moment ago. It is forgotten. */
  take(provider: string, state: string, request: FastifyRequest, reply: FastifyReply): OAuthFlow | null {
    const sealed = this.#read(request, this.#nameOf(state));
    if (sealed === undefined) return null;
    this.#set(reply, state, '', 0);
    const text = this.box.open(sealed, contextOf(provider, state));
    const flow = text === null ? null : (JSON.parse(text) as SealedFlow);
    return flow && flow.expiresAt > this.clock.now().getTime() ? flow : null;
  }

  #set(reply: FastifyReply, state: string, value: string, maxAge: number): void {
    const parts = [`${this.#nameOf(state)}=${value}`, 'Path=/', `Max-Age=${maxAge}`, 'HttpOnly', 'SameSite=Lax'];
    if (this.isSecure) parts.push('Secure');
    void reply.header('set-cookie', parts.join('; '));
  }

  #read({ headers }: FastifyRequest, name: string): string | undefined {
    const found = (headers.cookie ?? '').split(';').filter((pair) => pair.trim().startsWith(`${name}=`));
    // Of two with one name nobody knows which is ours.
    return found.length === 1 ? found[0]?.trim().slice(name.length + 1) : undefined;
  }

  /** Of each state its own, so that sign-ins in two tabs do not disturb each other. */
  #nameOf(state: string): string {
    const digest = createHash('sha256').update(state).digest('hex').slice(0, 16);
    return `${this.isSecure ? '__Host-' : ''}oauth-${digest}`;
  }
}

function contextOf(provider: string, state: string): string {
  return `oauth:${provider}:${state}`;
}
