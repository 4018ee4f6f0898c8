import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorization } from './http-digest.ts';

const get = { method: 'GET', uri: '/dir/index.html' };
const mufasa = { username: 'Mufasa', password: 'Circle Of Life' };

test('a digest answer is the one of RFC 2617, section 3.5', () => {
  const challenge =
    'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"';
  const answer = authorization(challenge, get, mufasa, '0a4f113b');
  expect(answer).toContain('response="6629fae49393a05397450978507c4ef1"');
});

test('where both are offered it is SHA-256, with the answer of RFC 7616, section 3.9.1', () => {
  const offered = (algorithm: string) =>
    `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;
  const nonce = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
  const person = { username: 'Mufasa', password: 'Circle of Life' };
  const both = authorization(`${offered('MD5')}, ${offered('SHA-256')}`, get, person, nonce);
  expect(both).toContain('response="753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"');
  const old = authorization(offered('MD5'), get, person, nonce);
  expect(old).toContain('response="8ca523f5e9506fed4657c9700eebdbec"');
});

test('the password goes out in clear text only where nothing better is offered', () => {
  const digest = 'Digest realm="a", nonce="b"';
  expect(authorization(`Basic realm="a", ${digest}`, get, mufasa)).toMatch(/^Digest /);
  expect(authorization('Basic realm="a"', get, mufasa)).toMatch(/^Basic /);
  expect(authorization('Bearer realm="a"', get, mufasa)).toBeUndefined();
  expect(authorization('Digest realm="a", nonce="b", algorithm=MD5-sess', get, mufasa)).toBeUndefined();
  expect(authorization('Digest realm="a", nonce="b", qop="auth-int"', get, mufasa)).toBeUndefined();
});

test('no challenge makes it fail', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `Digest ${text}`),
      ),
      (challenge) => {
        const answer = authorization(challenge, get, mufasa);
        expect(answer === undefined || /^(Digest|Basic) /.test(answer)).toBe(true);
      },
    ),
  );
});
