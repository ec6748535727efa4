// Segments: who the merchant means.
import { Injectable } from '@nestjs/common';
import { EVERYONE, parseSegmentRule, segmentLeaves, type SegmentRule } from '@huiliu/shared';
import { Clock } from '../../core/clock.js';
import { TenantDb } from '../../core/db/tenant-db.js';
import { conflict, invalid, notFound } from '../../core/errors/app-error.js';
import { referencesOf, whyUnknown } from './segment-references.js';
import { SegmentsRepository, type ReachSplit, type SegmentRow } from './segments.repository.js';

@Injectable()
export class SegmentsService {
  constructor(
    private readonly db: TenantDb,
    private readonly repository: SegmentsRepository,
    private readonly clock: Clock,
  ) {}

  list(): Promise<SegmentRow[]> {
    return this.db.read(() => this.repository.list());
  }

  async get(id: string): Promise<SegmentRow> {
    const [segment] = await this.db.read(() => this.repository.byIds([id]));
    if (!segment) throw notFound('segment', id);
    return segment;
  }

  byIds(ids: readonly string[]): Promise<SegmentRow[]> {
    return this.db.read(() => this.repository.byIds(ids));
  }

  /** @throws invalid naming the field: name, or the place in the rule; conflict when the name is taken. */
  async save(id: string | undefined, name: string, rule: unknown): Promise<SegmentRow> {
    const clean = { name: readName(name), rule: readRule(rule) };
    return this.db.write(async () => {
      await this.checkReferences(clean.rule);
      return id === undefined ? this.create(clean) : this.change(id, clean);
    });
  }

  /** Takes a segment off the list; campaigns that use it keep it. */
  async archive(id: string): Promise<void> {
    const found = await this.db.write(() => this.repository.archive(id));
    if (found === 0) throw notFound('segment', id);
  }

  counts(segments: readonly SegmentRow[]): Promise<number[]> {
    return this.db.read(() => this.repository.counts(segments.map((one) => one.rule), this.clock.now()));
  }

  /** Counts a rule as it is being edited. */
  async reach(rule: unknown): Promise<ReachSplit> {
    const clean = readRule(rule);
    return this.db.read(() => this.repository.reach(clean, this.clock.now()));
  }

  reachOfAll(): Promise<ReachSplit> {
    return this.db.read(() => this.repository.reach(EVERYONE, this.clock.now()));
  }

  /** Ids of up to `first` (1 to 50) people of a rule. */
  async sample(rule: unknown, first: number): Promise<string[]> {
    const clean = readRule(rule);
    if (!Number.isInteger(first) || first < 1 || first > 50) throw invalid('first', 'out_of_range', 'first: must be between 1 and 50');
    return this.db.read(() => this.repository.sample(clean, this.clock.now(), first));
  }

  private async checkReferences(rule: SegmentRule): Promise<void> {
    const known = await this.repository.knownReferences(referencesOf(segmentLeaves(rule.root)));
    const unknown = whyUnknown(rule, known);
    if (unknown) throw invalid(`rule.${unknown.path}`, 'unknown_reference', `rule.${unknown.path}: ${unknown.says}`);
  }

  private async create(clean: { name: string; rule: SegmentRule }): Promise<SegmentRow> {
    const segment = await this.repository.insert(clean.name, clean.rule);
    if (!segment) throw nameTaken();
    return segment;
  }

  private async change(id: string, clean: { name: string; rule: SegmentRule }): Promise<SegmentRow> {
    if (await this.repository.isNameTaken(id, clean.name)) throw nameTaken();
    const segment = await this.repository.update(id, clean.name, clean.rule);
    if (!segment) throw notFound('segment', id);
    return segment;
  }
}

/** @throws invalid when this is no rule, naming the place in it. */
export function readRule(rule: unknown): SegmentRule {
  const parsed = parseSegmentRule(rule);
  if (parsed.ok) return parsed.rule;
  const [first] = parsed.problems;
  throw invalid(`rule.${first?.path ?? ''}`, first?.problem ?? 'not_a_rule', first?.message ?? 'rule: cannot be read', { problems: parsed.problems });
}

function readName(name: string): string {
  const clean = name.trim();
  if (clean.length < 1 || [...clean].length > 40) throw invalid('name', 'length', 'name: write 1 to 40 characters');
  return clean;
}

function nameTaken(): Error {
  return conflict('segment_name', 'There is a segment of this name already. Choose another name.');
}
