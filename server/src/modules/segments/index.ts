// The front door: what campaigns and journeys may use of segments.
export { SegmentsModule } from './segments.module.js';
export { SegmentsService } from './segments.service.js';
export { compileSegment, type CompiledSegment } from './segment-sql.js';
export type { ReachSplit, SegmentRow } from './segments.repository.js';
