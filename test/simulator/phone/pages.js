/** Fields of a template, label and key, in display order. */
export function fieldsOf(template) {
  return [...(template?.content ?? '').matchAll(/([^\n{}]*?)[:\uff1a]?\s*\{\{(\w+)\.DATA\}\}/g)].map(([, label, key]) => ({
    key,
    label: label.replace(/[:\uff1a]\s*$/, '').trim() || key,
  }));
}

/**
 * The public path of a mini-program page. A full address or a path that starts with `/` is public already; another
 * one is looked up in the program's routes, whose `{name}` parts take the query's values. Unknown pages open the home page.
 */
export function publicPath(app, page) {
  if (!page) return app.homePath;
  if (page.startsWith('/')) return page;
  if (/^https?:/.test(page)) {
    const { pathname, search, hash } = new URL(page);
    return pathname + search + hash;
  }
  const [name, query = ''] = page.split('?');
  const route = app.routes[name.replace(/^\//, '')];
  const values = new URLSearchParams(query);
  if (!route) return query ? `${app.homePath}${app.homePath.includes('?') ? '&' : '?'}${query}` : app.homePath;
  const [path, routeQuery = ''] = route.split('?');
  const fill = (text, encode) => text.replace(/\{(\w+)\}/g, (_all, key) => encode(values.get(key) ?? ''));
  const filled = [...new URLSearchParams(routeQuery)].map(([key, value]) => [key, fill(value, String)]);
  const rest = new URLSearchParams(filled.filter(([, value]) => value !== '')).toString();
  return fill(path, encodeURIComponent) + (rest ? `?${rest}` : '');
}
