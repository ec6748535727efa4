export { IntegratorsModule } from './integrators.module.js';
