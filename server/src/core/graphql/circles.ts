// No walking in circles: a customer's coupons' customers' coupons would multiply with every turn, and depth and cost, which count what is
// written and not what comes back, would let it pass.
import { type ASTVisitor, getNamedType, GraphQLError, type GraphQLNamedType, isCompositeType, isObjectType, type SelectionNode, type SelectionSetNode, typeFromAST, type ValidationContext } from 'graphql';

/** Validation rule: no type stands below itself. */
export function noCircles(context: ValidationContext): ASTVisitor {
  const walker = new Walker(context);
  return {
    OperationDefinition: (operation) => {
      const root = context.getSchema().getRootType(operation.operation);
      if (root) walker.walk(operation.selectionSet, root, []);
    },
  };
}

class Walker {
  // A fragment is walked once for each way down to it, or fragments within fragments would take for ever.
  private readonly walked = new Set<string>();

  constructor(private readonly context: ValidationContext) {}

  walk(set: SelectionSetNode, type: GraphQLNamedType, above: readonly string[]): void {
    for (const selection of set.selections) this.step(selection, type, above);
  }

  private step(selection: SelectionNode, type: GraphQLNamedType, above: readonly string[]): void {
    if (selection.kind === 'Field') {
      // Introspection (__schema, __type) walks in circles by nature, over what is small and constant.
      if (!selection.selectionSet || selection.name.value.startsWith('__') || !('getFields' in type)) return;
      const field = type.getFields()[selection.name.value];
      if (field && 'args' in field) this.down(selection, selection.selectionSet, getNamedType(field.type), above);
      return;
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : this.context.getFragment(selection.name.value);
    if (!fragment || (selection.kind === 'FragmentSpread' && this.wasWalked(selection.name.value, above))) return;
    const narrowed = fragment.typeCondition ? typeFromAST(this.context.getSchema(), fragment.typeCondition) : type;
    if (!narrowed || !isCompositeType(narrowed)) return;
    if (narrowed === type) this.walk(fragment.selectionSet, type, above);
    else this.down(selection, fragment.selectionSet, narrowed, above);
  }

  private down(at: SelectionNode, set: SelectionSetNode, type: GraphQLNamedType, above: readonly string[]): void {
    if (!isObjectType(type)) return this.walk(set, type, above);
    if (!above.includes(type.name)) return this.walk(set, type, [...above, type.name]);
    this.context.reportError(new GraphQLError(`A ${type.name} may not be asked for below a ${type.name}. Ask for it in a query of its own.`, { nodes: at }));
  }

  private wasWalked(fragment: string, above: readonly string[]): boolean {
    const key = `${fragment}/${above.join('/')}`;
    const was = this.walked.has(key);
    this.walked.add(key);
    return was;
  }
}
