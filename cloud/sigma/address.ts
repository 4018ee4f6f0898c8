/** Internet addresses and networks of them. */

/** Eight groups of 16 bits; IPv4 within ::ffff:0:0/96, so that both notations of it are the same address. */
type Groups = readonly number[];

function v4(text: string): [number, number] | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return undefined;
  const [a = 256, b = 256, c = 256, d = 256] = match.slice(1).map(Number);
  return a > 255 || b > 255 || c > 255 || d > 255 ? undefined : [a * 256 + b, c * 256 + d];
}

/** A zone (`%eth0`) is passed over. */
function groupsOf(text: string): Groups | undefined {
  const plain = v4(text);
  if (plain !== undefined) return [0, 0, 0, 0, 0, 0xffff, ...plain];
  if (!text.includes(':') || text.length > 64) return undefined;
  const halves = text.replace(/%.*$/s, '').split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => {
    const groups: number[] = [];
    const parts = half === '' ? [] : half.split(':');
    for (const [index, part] of parts.entries()) {
      const embedded = index === parts.length - 1 ? v4(part) : undefined;
      if (embedded !== undefined) groups.push(...embedded);
      else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
      else return undefined;
    }
    return groups;
  });
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...(tail ?? [])];
}

/**
 * Whether an address lies in a network (`10.0.0.0/8`, `fe80::/10`, a single address).
 * @throws Error where it is no network
 */
export function networkOf(text: string): (address: string) => boolean {
  const [base = '', bits, ...more] = text.trim().split('/');
  const groups = groupsOf(base);
  const size = v4(base) === undefined ? 128 : 32;
  const length = bits === undefined ? size : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (groups === undefined || more.length > 0 || length < 0 || length > size)
    throw new Error(`"${text}" is not a network such as 10.0.0.0/8 or fe80::/10`);
  const prefix = length + (size === 32 ? 96 : 0);
  const masks = groups.map((_, index) => {
    const kept = Math.max(0, Math.min(16, prefix - index * 16));
    return (0xffff << (16 - kept)) & 0xffff;
  });
  return (address) => {
    const other = groupsOf(address);
    if (other === undefined) return false;
    for (let index = 0; index < 8; index++) {
      const mask = masks[index] ?? 0;
      if (((other[index] ?? 0) & mask) !== ((groups[index] ?? 0) & mask)) return false;
    }
    return true;
  };
}
