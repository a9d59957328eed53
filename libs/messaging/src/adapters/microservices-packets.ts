import type { PacketId, ReadPacket, WritePacket } from '@nestjs/microservices';
import type { EventMessage } from '../envelope/event-message.js';
import { jsonOf } from '../envelope/json-of.js';

/** Extension attributes by which a request and its answers find each other. */
const REPLY_TO = 'replyto';
const REQUEST = 'correlationid';
const EXPIRES = 'expirytime';

/** What a message asks for. */
export interface Request {
  readonly id: string;
  readonly replyTo: string;
  /** Whether whoever asked has given up. */
  readonly isExpired: boolean;
}

export interface Sender {
  readonly id: string;
  readonly source: string;
  readonly key?: string;
}

/** Makes an event of what a client emits; the pattern is its name. */
export function eventOf(type: string, { data }: ReadPacket, { id, source, key }: Sender): EventMessage {
  const time = new Date().toISOString();
  return { id, type, source, time, ...(key !== undefined && { key }), data: jsonOf(type, data), headers: {} };
}

/** Makes a request: an event that says where it is to be answered, and until when. */
export function requestOf(
  type: string,
  packet: ReadPacket & PacketId,
  sender: Sender,
  reply: { readonly topic: string; readonly timeoutMs: number },
): EventMessage {
  const expires = new Date(Date.now() + reply.timeoutMs).toISOString();
  const headers = { [REPLY_TO]: reply.topic, [REQUEST]: packet.id, [EXPIRES]: expires };
  return { ...eventOf(type, packet, sender), headers };
}

export function readRequest({ headers }: EventMessage): Request | undefined {
  const { [REPLY_TO]: replyTo, [REQUEST]: id, [EXPIRES]: expires = '' } = headers;
  if (replyTo === undefined || id === undefined) return undefined;
  return { id, replyTo, isExpired: Date.parse(expires) < Date.now() };
}

/** Makes an answer, of which a request may have several. */
export function replyOf(type: string, request: Request, packet: WritePacket, sender: Sender): EventMessage {
  return { ...eventOf(type, { pattern: type, data: packet }, sender), headers: { [REQUEST]: request.id } };
}

export function readReply({ headers, data }: EventMessage): { readonly id: string; readonly packet: WritePacket } {
  return { id: headers[REQUEST] ?? '', packet: JSON.parse(data) as WritePacket };
}
