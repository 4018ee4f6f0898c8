/** Topics and filters: what matches what. MQTT 3.1.1 section 4.7. */

/** Whether a filter names more than one topic. */
export const hasWildcard = (filter: string): boolean => filter.includes('+') || filter.includes('#');

/** Whether a topic matches a filter. A leading wildcard does not match a topic that starts with `$`. */
export function filterMatches(filter: readonly string[], topic: readonly string[]): boolean {
  const leading = filter[0];
  if ((leading === '#' || leading === '+') && topic[0]?.startsWith('$')) return false;
  for (let level = 0; level < filter.length; level++) {
    const wanted = filter[level];
    if (wanted === '#') return true;
    const found = topic[level];
    if (found === undefined || (wanted !== '+' && wanted !== found)) return false;
  }
  return topic.length === filter.length;
}

/** Whether every topic that `requested` matches is matched by `granted` as well. */
export function filterCovers(granted: readonly string[], requested: readonly string[]): boolean {
  const leading = granted[0];
  if ((leading === '#' || leading === '+') && requested[0]?.startsWith('$')) return false;
  for (let level = 0; level < granted.length; level++) {
    const wanted = granted[level];
    if (wanted === '#') return true;
    const asked = requested[level];
    if (asked === undefined || asked === '#') return false;
    if (wanted !== '+' && wanted !== asked) return false;
  }
  return requested.length === granted.length;
}

interface Branch<Value> {
  children: Map<string, Branch<Value>>;
  /** Values of filters that end here. */
  here: Set<Value>;
  /** Values of filters that end here with `#`. */
  below: Set<Value>;
}

const branch = <Value>(): Branch<Value> => ({ children: new Map(), here: new Set(), below: new Set() });

/** Values by filter; finds those whose filter matches a topic. */
export class FilterTree<Value> {
  readonly #root: Branch<Value> = branch();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(filter: string, value: Value): void {
    const levels = filter.split('/');
    const below = levels.at(-1) === '#';
    if (below) levels.pop();
    let at = this.#root;
    for (const level of levels) {
      let next = at.children.get(level);
      if (next === undefined) {
        next = branch();
        at.children.set(level, next);
      }
      at = next;
    }
    const values = below ? at.below : at.here;
    if (!values.has(value)) this.#size++;
    values.add(value);
  }

  remove(filter: string, value: Value): void {
    const levels = filter.split('/');
    const below = levels.at(-1) === '#';
    if (below) levels.pop();
    const path: Branch<Value>[] = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)?.children.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    const last = path.at(-1);
    if (last === undefined) return;
    if ((below ? last.below : last.here).delete(value)) this.#size--;
    for (let depth = levels.length; depth > 0; depth--) {
      const here = path[depth];
      const level = levels[depth - 1];
      if (here === undefined || level === undefined) return;
      if (here.children.size > 0 || here.here.size > 0 || here.below.size > 0) return;
      path[depth - 1]?.children.delete(level);
    }
  }

  /** Each value once, although several of its filters match. */
  match(topic: string): Value[] {
    if (this.#size === 0) return [];
    const found = new Set<Value>();
    const levels = topic.split('/');
    this.#collect(this.#root, levels, 0, topic.startsWith('$'), found);
    return [...found];
  }

  #collect(
    at: Branch<Value>,
    levels: readonly string[],
    depth: number,
    dollar: boolean,
    found: Set<Value>,
  ): void {
    const wild = !(dollar && depth === 0);
    if (wild) for (const value of at.below) found.add(value);
    const level = levels[depth];
    if (level === undefined) {
      for (const value of at.here) found.add(value);
      return;
    }
    const exact = at.children.get(level);
    if (exact !== undefined) this.#collect(exact, levels, depth + 1, dollar, found);
    if (!wild) return;
    const plus = at.children.get('+');
    if (plus !== undefined) this.#collect(plus, levels, depth + 1, dollar, found);
  }
}

interface Shelf<Value> {
  children: Map<string, Shelf<Value>>;
  value: Value | undefined;
}

/** Values by topic; finds those whose topic matches a filter, without looking at the others. */
export class TopicTree<Value> {
  readonly #root: Shelf<Value> = { children: new Map(), value: undefined };

  set(topic: string, value: Value): void {
    let at = this.#root;
    for (const level of topic.split('/')) {
      let next = at.children.get(level);
      if (next === undefined) {
        next = { children: new Map(), value: undefined };
        at.children.set(level, next);
      }
      at = next;
    }
    at.value = value;
  }

  delete(topic: string): void {
    const levels = topic.split('/');
    const path = [this.#root];
    for (const level of levels) {
      const next = path.at(-1)?.children.get(level);
      if (next === undefined) return;
      path.push(next);
    }
    const last = path.at(-1);
    if (last !== undefined) last.value = undefined;
    for (let depth = levels.length; depth > 0; depth--) {
      const here = path[depth];
      const level = levels[depth - 1];
      if (here === undefined || level === undefined) return;
      if (here.children.size > 0 || here.value !== undefined) return;
      path[depth - 1]?.children.delete(level);
    }
  }

  match(filter: string): Value[] {
    const found: Value[] = [];
    this.#collect(this.#root, filter.split('/'), 0, found);
    return found;
  }

  #collect(at: Shelf<Value>, filter: readonly string[], depth: number, found: Value[]): void {
    const wanted = filter[depth];
    if (wanted === undefined) {
      if (at.value !== undefined) found.push(at.value);
    } else if (wanted === '#') {
      this.#everything(at, depth === 0, found);
    } else if (wanted === '+') {
      for (const [level, next] of at.children)
        if (depth > 0 || !level.startsWith('$')) this.#collect(next, filter, depth + 1, found);
    } else {
      const next = at.children.get(wanted);
      if (next !== undefined) this.#collect(next, filter, depth + 1, found);
    }
  }

  #everything(at: Shelf<Value>, atRoot: boolean, found: Value[]): void {
    if (at.value !== undefined) found.push(at.value);
    for (const [level, next] of at.children)
      if (!atRoot || !level.startsWith('$')) this.#everything(next, false, found);
  }
}
