// The front door of customers.
export { CustomersModule } from './customers.module.js';
export { CustomersService } from './customers.service.js';
export type { CustomerRow } from './customers.repository.js';
export { IdentityService } from './identity/identity.service.js';
export { identityKindOf } from './identity/identity-kind.js';
export { PeopleNews } from './identity/people-news.service.js';
export type { SeenPerson } from './identity/people-news.service.js';
export type { Resolved } from './identity/identity.service.js';
export type { IdentityRow, NewIdentity } from './identity/identity.repository.js';
export { TimelineService } from './timeline/timeline.service.js';
export type { TimelineFact } from './timeline/timeline.service.js';
export { VisitsService } from './visits.service.js';
export { visitorProblem } from './customer.js';
