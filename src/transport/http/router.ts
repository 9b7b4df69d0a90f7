/** Path and method → entry of a table. A template is exact, or ends in `/{path}` and takes all that follows. */

export type Found<Entry> =
  | { readonly kind: 'found'; readonly entry: Entry; readonly path: string; readonly query: string }
  | { readonly kind: 'wrong_method'; readonly allow: string }
  | { readonly kind: 'missing' };

export interface Router<Entry> {
  /** @param url as it stands in the request line; `path` of the result is what `{path}` stands for, still encoded */
  find(method: string, url: string): Found<Entry>;
}

const REST = '/{path}';

type Methods<Entry> = Map<string, Entry>;

/** @param table keyed by `METHOD template`, such as `POST /v1/data/{path}`; HEAD is answered wherever GET is */
export function createRouter<Entry>(table: Readonly<Record<string, Entry>>): Router<Entry> {
  const exact = new Map<string, Methods<Entry>>();
  const prefixes = new Map<string, Methods<Entry>>();
  for (const [operation, entry] of Object.entries(table)) {
    const [method = '', template = ''] = operation.split(' ');
    const rest = template.endsWith(REST);
    const key = rest ? template.slice(0, -REST.length + 1) : template;
    const methods = (rest ? prefixes : exact).get(key) ?? new Map<string, Entry>();
    methods.set(method, entry);
    if (method === 'GET') methods.set('HEAD', entry);
    (rest ? prefixes : exact).set(key, methods);
  }

  const choose = (methods: Methods<Entry>, method: string, path: string, query: string): Found<Entry> => {
    const entry = methods.get(method);
    if (entry !== undefined) return { kind: 'found', entry, path, query };
    return { kind: 'wrong_method', allow: [...methods.keys()].sort().join(', ') };
  };

  return {
    find(method, url) {
      const hit = exact.get(url);
      if (hit !== undefined) return choose(hit, method, '', '');
      const origin = url.startsWith('/') ? url : originForm(url);
      const mark = origin.indexOf('?');
      const path = mark < 0 ? origin : origin.slice(0, mark);
      const query = mark < 0 ? '' : origin.slice(mark + 1);
      const methods = exact.get(path) ?? exact.get(decoded(path));
      if (methods !== undefined) return choose(methods, method, '', query);
      for (const [prefix, entries] of prefixes) {
        if (path.length > prefix.length && path.startsWith(prefix)) {
          return choose(entries, method, path.slice(prefix.length), query);
        }
      }
      return { kind: 'missing' };
    },
  };
}

/** A proxy may send the absolute form of a request target (RFC 9112 §3.2.2), which every server accepts. */
function originForm(url: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (rest === undefined) return url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Some clients write the colon of `decide:batch` as `%3A`. */
function decoded(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
