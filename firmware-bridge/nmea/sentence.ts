/** Sentences of NMEA 0183 (version 4): GGA and RMC, of any system of satellites. */

/** The standard allows 82 characters; some receivers send more digits. */
export const MAX_SENTENCE_LENGTH = 120;

/** What one sentence tells of one moment. */
export interface Fix {
  /** UTC of the day as sent: `hhmmss.ss`; the same in the sentences of one moment. */
  time: string;
  isValid: boolean;
  latitude?: number;
  longitude?: number;
  speedKmh?: number;
  /** Horizontal dilution of precision. */
  hdop?: number;
}

export type Sentence = { fix: Fix } | { other: string } | { refused: string };

const KNOT_KMH = 1.852;

/** XOR of what stands between `$` and `*`. */
export const checksumOf = (body: string): number =>
  [...Buffer.from(body, 'latin1')].reduce((sum, byte) => sum ^ byte, 0);

/** `5230.9600`, `N` → 52.516; undefined where it is empty or none. */
function degreesOf(text: string | undefined, side: string | undefined, most: 90 | 180): number | undefined {
  const digits = most === 90 ? 2 : 3;
  const match = new RegExp(`^(\\d{${digits}})(\\d{2}(?:\\.\\d{1,8})?)$`).exec(text ?? '');
  const sign = side === (most === 90 ? 'N' : 'E') ? 1 : side === (most === 90 ? 'S' : 'W') ? -1 : 0;
  if (match === null || sign === 0) return undefined;
  const minutes = Number(match[2]);
  const degrees = Number(match[1]) + minutes / 60;
  if (minutes >= 60 || degrees > most) return undefined;
  return sign * Number(degrees.toFixed(7));
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}(?:\.\d{1,6})?$/.test(text) ? Number(text) : undefined;

const known = (name: 'latitude' | 'longitude' | 'speedKmh' | 'hdop', value: number | undefined) =>
  value === undefined ? {} : { [name]: value };

/** Takes a line without its end apart. */
export function readSentence(line: string): Sentence {
  if (line.length > MAX_SENTENCE_LENGTH) return { refused: `${line.length} characters` };
  const [, body = '', sum] = /^\$([^*$]{5,})\*([0-9A-Fa-f]{2})$/.exec(line) ?? [];
  if (sum === undefined) return { refused: 'is no sentence' };
  if (Number.parseInt(sum, 16) !== checksumOf(body)) return { refused: 'its checksum is wrong' };
  const [address = '', time = '', ...fields] = body.split(',');
  const kind = address.slice(-3);
  if (address.startsWith('P') || (kind !== 'GGA' && kind !== 'RMC')) return { other: address };
  return { fix: kind === 'GGA' ? ggaOf(time, fields) : rmcOf(time, fields) };
}

/** `$--GGA,time,latitude,N,longitude,E,quality,satellites,hdop,altitude,M,…`; quality 1 to 5 are measured, 6 to 8 are not. */
function ggaOf(time: string, [latitude, north, longitude, east, quality, , hdop]: string[]): Fix {
  return {
    time,
    isValid: /^[1-5]$/.test(quality ?? ''),
    ...known('latitude', degreesOf(latitude, north, 90)),
    ...known('longitude', degreesOf(longitude, east, 180)),
    ...known('hdop', numberOf(hdop)),
  };
}

/** `$--RMC,time,A,latitude,N,longitude,E,knots,course,date,variation,E,mode`; mode E, M, S, N: estimated or worse. */
function rmcOf(time: string, fields: string[]): Fix {
  const [status, latitude, north, longitude, east, knots] = fields;
  const mode = fields[10] ?? '';
  const speed = numberOf(knots);
  return {
    time,
    isValid: status === 'A' && !/^[EMSN]$/.test(mode),
    ...known('latitude', degreesOf(latitude, north, 90)),
    ...known('longitude', degreesOf(longitude, east, 180)),
    ...known('speedKmh', speed === undefined ? undefined : Number((speed * KNOT_KMH).toFixed(2))),
  };
}
