/** `fridge/{device}/state`: an MQTT topic filter of which one level is the device's name. */

const DEVICE = '{device}';

/** Whether a text is such a pattern: one level `{device}`, `+` as a whole level, `#` only as the last. */
export function isTopicPattern(pattern: string): boolean {
  const levels = pattern.split('/');
  if (levels.filter((level) => level === DEVICE).length !== 1 || pattern.includes('\u0000')) return false;
  return levels.every(
    (level, index) =>
      level === DEVICE ||
      level === '+' ||
      (level === '#' ? index === levels.length - 1 : !/[+#{}]/.test(level)),
  );
}

export const filterOf = (pattern: string): string => pattern.replace(DEVICE, '+');

/** The topic for one device. */
export const topicFor = (pattern: string, device: string): string => pattern.replace(DEVICE, () => device);

/** The device's name in a topic; undefined where the pattern does not match. */
export function deviceIn(pattern: string, topic: string): string | undefined {
  const wanted = pattern.split('/');
  const levels = topic.split('/');
  let device: string | undefined;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return device;
    const said = levels[index];
    if (said === undefined) return undefined;
    if (level === DEVICE) device = said;
    else if (level !== '+' && level !== said) return undefined;
  }
  return levels.length === wanted.length ? device : undefined;
}
