// The front door. How a campaign uses it:
//   forecast(spec, chunk) → preview(spec, customerId) → in the launch transaction: dispatches.open(spec)
//   per chunk, in a job: planner.planChunk(dispatchId, chunk), then dispatches.start(dispatchId) (idempotent)
//   after the last chunk: dispatches.seal(dispatchId)
//   events: message.dispatch_drained {dispatchId} once it is sealed and nothing is left to send;
//           message.content_rejected {dispatchId, contentIndex, problem, field?, code} when it stopped itself.
export { MessagesModule } from './messages.module.js';
export { Planner } from './planner.service.js';
export { Dispatches } from './dispatches.service.js';
export type { StopReason } from './dispatches.repository.js';
export { contentProblems } from './content.js';
export { hasTemplate, isBatch } from './plan.js';
export type { ContentProblem } from './content.js';
export type {
  AudienceChunk, Cap, DispatchProgress, DispatchReport, DispatchSpec, DispatchState, ForecastResult, PlanOutcome, PlanReason,
  PreviewResult, QuietHours, Rung, RungVerdict, SqlCondition,
} from './plan.js';
