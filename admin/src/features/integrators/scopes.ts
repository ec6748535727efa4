// Scopes are permissions, noun.verb: shown by noun, named without the dot (locale keys have none).

export const scopeKey = (scope: string): string => scope.replaceAll('.', '_');

export function groupScopes(scopes: readonly string[]): { noun: string; scopes: string[] }[] {
  const groups = new Map<string, string[]>();
  for (const scope of scopes) {
    const noun = scope.split('.')[0] ?? scope;
    groups.set(noun, [...(groups.get(noun) ?? []), scope]);
  }
  return [...groups].map(([noun, members]) => ({ noun, scopes: members }));
}
