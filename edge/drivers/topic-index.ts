/** Finds what was filed under MQTT topic filters (MQTT 3.1.1, section 4.7) by walking the topic once. */

interface Level<Value> {
  readonly children: Map<string, Level<Value>>;
  /** Filed under a filter that ends here. */
  readonly here: Value[];
  /** Filed under `#` from here on. */
  readonly below: Value[];
}

const emptyLevel = <Value>(): Level<Value> => ({ children: new Map(), here: [], below: [] });

/** Whether a text is a filter at all: `#` only last, wildcards only as whole levels. */
export function isTopicFilter(filter: string): boolean {
  if (filter === '' || filter.includes('\u0000')) return false;
  const levels = filter.split('/');
  return levels.every(
    (level, index) => level === '+' || (level === '#' ? index === levels.length - 1 : !/[+#]/.test(level)),
  );
}

export class TopicIndex<Value> {
  readonly #root: Level<Value> = emptyLevel();

  /** @throws RangeError when `filter` is not a topic filter */
  add(filter: string, value: Value): void {
    if (!isTopicFilter(filter)) throw new RangeError(`"${filter}" is not an MQTT topic filter`);
    const levels = filter.split('/');
    const endsInHash = levels.at(-1) === '#';
    if (endsInHash) levels.pop();
    let at = this.#root;
    for (const level of levels) {
      let next = at.children.get(level);
      if (next === undefined) {
        next = emptyLevel();
        at.children.set(level, next);
      }
      at = next;
    }
    (endsInHash ? at.below : at.here).push(value);
  }

  /** Everything filed under a filter that matches the topic, each once. */
  match(topic: string): Set<Value> {
    const found = new Set<Value>();
    const levels = topic.split('/');
    let reached: Level<Value>[] = [this.#root];
    for (const [index, level] of levels.entries()) {
      // Wildcards at the start do not match the broker's own topics (section 4.7.2).
      const isReserved = index === 0 && level.startsWith('$');
      const next: Level<Value>[] = [];
      for (const at of reached) {
        if (!isReserved) for (const value of at.below) found.add(value);
        const named = level === '+' ? undefined : at.children.get(level);
        const any = isReserved ? undefined : at.children.get('+');
        if (named !== undefined) next.push(named);
        if (any !== undefined) next.push(any);
      }
      if (next.length === 0) return found;
      reached = next;
    }
    for (const at of reached) {
      for (const value of at.here) found.add(value);
      // `a/#` also matches `a` (section 4.7.1.2).
      for (const value of at.below) found.add(value);
    }
    return found;
  }
}
