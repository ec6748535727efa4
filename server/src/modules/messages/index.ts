// The front door. How a campaign uses it:
//   forecast(spec, chunk) → preview(spec, customerId) → in the launch transaction: dispatches.open(spec)
//   per chunk, in a job: planner.planChunk(dispatchId, chunk), then dispatches.start(dispatchId) (idempotent)
//   after the last chunk: dispatches.seal(dispatchId)
//   events: dispatch.drained {dispatchId} once it is sealed and nothing is left to send;
//           message.content_rejected {dispatchId, contentIndex, problem, field?, code} when it stopped itself.
export { MessagesModule } from './messages.module.js';
export { Planner } from './planner.service.js';
export { Dispatches } from './dispatches.service.js';
export { contentProblems } from './content.js';
export type { ContentProblem } from './content.js';
export type {
  AudienceChunk, Cap, DispatchProgress, DispatchReport, DispatchSpec, DispatchState, ForecastResult, PlanOutcome, PlanReason,
  PreviewResult, QuietHours, Rung, RungVerdict, SqlCondition,
} from './plan.js';
//
// class Planner {
//   planChunk(dispatchId: string, chunk: AudienceChunk): Promise<PlanOutcome>      its own db.write; twice plans nothing twice
//   forecast(spec: DispatchSpec, audience: SqlCondition): Promise<ForecastResult>  read only
//   preview(spec: DispatchSpec, customerId: string): Promise<PreviewResult>        read only; the audience condition is not asked
// }
// class Dispatches {
//   open(spec): Promise<void>        joins the caller's db.write; the spec is kept as it was at launch
//   start(id), seal(id): Promise<void>
//   pause(id), resume(id): Promise<boolean>      false: it was not in a state to do so
//   cancel(id): Promise<number>      messages released, permits returned
//   state(id): Promise<DispatchState | undefined>
//   progress(ids: readonly string[]): Promise<Map<string, DispatchProgress>>       for a loader
//   report(id): Promise<DispatchReport>
// }
// contentProblems(rungs, fieldsOfTemplate: (templateId) => TemplateField[] | undefined): ContentProblem[]
//   {rung: number, field: string, problem: string, zh: string, en: string, …}
