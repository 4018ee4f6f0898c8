import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumOf, readSentence } from './sentence.ts';

const signed = (body: string) => `$${body}*${checksumOf(body).toString(16).toUpperCase().padStart(2, '0')}`;

describe('a sentence', () => {
  it('tells where and how fast', () => {
    // A sentence with its checksum as it is printed in many receivers' manuals.
    expect(readSentence('$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47')).toEqual({
      fix: { time: '123519', isValid: true, latitude: 48.1173, longitude: 11.5166667, hdop: 0.9 },
    });
    expect(readSentence('$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A')).toEqual({
      fix: { time: '123519', isValid: true, latitude: 48.1173, longitude: 11.5166667, speedKmh: 41.48 },
    });
  });

  it('is of the south and the west, and of any system', () => {
    expect(readSentence(signed('GNRMC,1,A,3351.5,S,07040.25,W,,,010126,,,A'))).toEqual({
      fix: { time: '1', isValid: true, latitude: -33.8583333, longitude: -70.6708333 },
    });
  });

  it('is not believed where the receiver does not know, or guesses', () => {
    for (const body of [
      'GPRMC,1,V,,,,,,,010126,,,N',
      'GPRMC,1,A,4807.0,N,01131.0,E,1,,010126,,,E',
      'GPGGA,1,4807.0,N,01131.0,E,0,00,99.9,,M,,M,,',
      'GPGGA,1,4807.0,N,01131.0,E,6,04,1.0,,M,,M,,',
    ])
      expect(readSentence(signed(body))).toMatchObject({ fix: { isValid: false } });
  });

  it('with a wrong checksum is refused, and others are other people’s', () => {
    expect(readSentence('$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48')).toEqual({
      refused: 'its checksum is wrong',
    });
    expect(readSentence(signed('GPGSV,1,1,00'))).toEqual({ other: 'GPGSV' });
    expect(readSentence(signed('GPGGA,1,4860.0,N,01131.0,E,1,08,0.9,,M,,M,,'))).toEqual({
      fix: { time: '1', isValid: true, longitude: 11.5166667, hdop: 0.9 },
    });
  });

  it('never throws, and one changed character is noticed', () => {
    const good = '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A';
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (line) => void readSentence(line)));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const changed = good.slice(0, at) + String.fromCharCode(code) + good.slice(at + 1);
        fc.pre(changed.toUpperCase() !== good);
        expect(readSentence(changed)).toHaveProperty('refused');
      }),
    );
  });
});
