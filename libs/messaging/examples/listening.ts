import { Event, type EventListening, type EventSubscriber } from '@core-framework/messaging';

export const heard: string[] = [];

Event.listen<number>('*.created', ({ name, data }) => heard.push(`${name} ${data}`));

class UserSubscriber implements EventSubscriber {
  subscribe(events: EventListening): void {
    events.listen('user.registered', ({ name }) => heard.push(name));
    events.listen('user.deleted', ({ name }) => heard.push(name));
  }
}

Event.subscribe(new UserSubscriber());
