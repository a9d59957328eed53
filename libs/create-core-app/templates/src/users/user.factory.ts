import { defineFactory } from '@core-framework/orm';
import { User } from './user.model.js';

/** Makes users for tests and seeders; none of them can sign in until they have a password. */
export const UserFactory = defineFactory(User, (faker, sequence) => ({
  email: `user${sequence}@example.com`,
  firstName: faker.person.firstName(),
  lastName: faker.person.lastName(),
}));
