import { type EventMessage, fromStructured } from './event-message.js';

/** Reads a message that was given up, perhaps because it is no CloudEvent: then its text is the data. */
export function fromDeadText(text: string): EventMessage {
  try {
    return fromStructured(text);
  } catch {
    return { id: '', type: '', source: '', time: new Date(0).toISOString(), data: JSON.stringify(text), headers: {} };
  }
}
