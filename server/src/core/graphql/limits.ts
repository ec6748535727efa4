// What a query may ask for: depth, aliases, circles and cost are bounded before anything runs.
import { EnvelopArmor } from '@escape.tech/graphql-armor';
import type { ValidationRule } from 'graphql';
import { noCircles } from './circles.js';

export const limits = { depth: 12, aliases: 60, cost: 8_000, tokens: 4_000, directives: 40 };

/** Validation rules for the limits. An array, not a function: a function would switch query caching off. */
export function limitRules(): ValidationRule[] {
  const { plugins } = new EnvelopArmor({
    maxDepth: { n: limits.depth, ignoreIntrospection: true },
    maxAliases: { n: limits.aliases },
    maxDirectives: { n: limits.directives },
    costLimit: { maxCost: limits.cost, objectCost: 2, scalarCost: 1, depthCostFactor: 1.5, ignoreIntrospection: true },
    maxTokens: { enabled: false }, // a parser option; the body limit and the other rules bound the text
    blockFieldSuggestion: { enabled: false },
  }).protect();
  const rules: ValidationRule[] = [noCircles];
  for (const plugin of plugins) plugin.onValidate?.({ addValidationRule: (rule: ValidationRule) => rules.push(rule) } as never);
  return rules;
}
