interface ShimContext {
  /** The page's real path, shown as its address before its own scripts run. */
  path: string;
  person: string;
  appid: string;
}

/** Puts the client's `wx` script before every other script of a merchant page. */
export function withShim(html: string, context: ShimContext): string {
  const { path, person, appid } = context;
  const tag = `<script src="/sim/phone/wx.js" data-path="${attribute(path)}" data-person="${attribute(person)}" data-appid="${attribute(appid)}"></script>`;
  const head = /<head(\s[^>]*)?>/i.exec(html);
  if (head) return html.slice(0, head.index + head[0].length) + tag + html.slice(head.index + head[0].length);
  const doctype = /^\s*<!doctype[^>]*>/i.exec(html);
  return doctype ? doctype[0] + tag + html.slice(doctype[0].length) : tag + html;
}

/** A page in the phone that says what went wrong. */
export function errorPage(title: string, detail: string): string {
  return `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${attribute(title)}</title>
<style>body{font:16px/1.6 system-ui,sans-serif;color:#353535;text-align:center;padding:18vh 24px 0;margin:0}p{color:#888;font-size:13px;overflow-wrap:anywhere}</style></head>
<body><h1 style="font-size:18px;font-weight:500">${attribute(title)}</h1><p>${attribute(detail)}</p></body></html>`;
}

/** Text that may stand in an attribute or between tags. */
export function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
