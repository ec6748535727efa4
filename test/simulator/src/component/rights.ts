/** Calls that need one of these permission sets; calls that are not listed need none. */
const needed: [prefix: string, ids: number[]][] = [
  ['/cgi-bin/message/custom/', [1, 6, 19, 100, 101]],
  ['/cgi-bin/message/template/', [7, 100, 101]],
  ['/cgi-bin/template/', [7, 100, 101]],
  ['/cgi-bin/message/subscribe/bizsend', [89]],
  ['/wxaapi/newtmpl/', [18, 89]],
  ['/cgi-bin/message/mass/', [7]],
  ['/cgi-bin/qrcode/', [3]],
  ['/wxa/getwxacode', [17]],
  ['/wxa/business/getuserphonenumber', [18]],
  ['/cgi-bin/draft/', [11, 100]],
  ['/cgi-bin/freepublish/', [11, 100]],
];

/** Every permission set this platform asks for, unless a test says otherwise. */
export const allFuncs = [1, 3, 6, 7, 11, 17, 18, 19, 89, 100, 101];

/** Whether one of the granted sets allows a call. */
export function allows(funcs: number[], path: string): boolean {
  const rule = needed.find(([prefix]) => path.startsWith(prefix));
  return rule === undefined || rule[1].some((id) => funcs.includes(id));
}
