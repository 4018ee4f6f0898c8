/** Written from nginx's and Apache's documentation of their error logs. */
import type { SourceSample } from '../source.ts';

export const webErrorSamples: readonly SourceSample[] = [
  {
    name: 'nginx is asked for a file outside of its folder',
    timeZone: 'Europe/Berlin',
    input:
      '2026/11/23 08:00:01 [error] 1234#1234: *5678 access forbidden by rule, client: 203.0.113.7, server: shop.example, request: "GET /.git/config HTTP/1.1", host: "shop.example", referrer: "https://shop.example/"',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observedAt: 1795417201000,
          observables: {
            ip: '203.0.113.7',
            host: 'shop.example',
            path: '/.git/config',
            method: 'GET',
            referer: 'https://shop.example/',
          },
          facts: {
            application: 'nginx',
            level: 'error',
            text: 'access forbidden by rule, client: 203.0.113.7, server: shop.example, request: "GET /.git/config HTTP/1.1", host: "shop.example", referrer: "https://shop.example/"',
          },
          log: {
            product: 'nginx',
            service: 'nginx',
            fields: {
              message:
                'access forbidden by rule, client: 203.0.113.7, server: shop.example, request: "GET /.git/config HTTP/1.1", host: "shop.example", referrer: "https://shop.example/"',
              level: 'error',
              'c-ip': '203.0.113.7',
              'cs-method': 'GET',
              'c-uri': '/.git/config',
              'cs-referer': 'https://shop.example/',
            },
          },
        },
      ],
    },
  },
  {
    name: 'a request that looks like the rest of the line does not move the blame',
    input:
      '2026/11/23 07:00:01 [error] 1#1: *2 open() "/srv/x, client: 192.0.2.1, y" failed (2: No such file or directory), client: 203.0.113.7, server: shop.example, request: "GET /x,%20client:%20192.0.2.1 HTTP/1.1", host: "shop.example"',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observedAt: 1795417201000,
          observables: {
            ip: '203.0.113.7',
            host: 'shop.example',
            path: '/x,%20client:%20192.0.2.1',
            method: 'GET',
          },
          facts: {
            application: 'nginx',
            level: 'error',
            text: 'open() "/srv/x, client: 192.0.2.1, y" failed (2: No such file or directory), client: 203.0.113.7, server: shop.example, request: "GET /x,%20client:%20192.0.2.1 HTTP/1.1", host: "shop.example"',
          },
          log: {
            product: 'nginx',
            service: 'nginx',
            fields: {
              message:
                'open() "/srv/x, client: 192.0.2.1, y" failed (2: No such file or directory), client: 203.0.113.7, server: shop.example, request: "GET /x,%20client:%20192.0.2.1 HTTP/1.1", host: "shop.example"',
              level: 'error',
              'c-ip': '203.0.113.7',
              'cs-method': 'GET',
              'c-uri': '/x,%20client:%20192.0.2.1',
            },
          },
        },
      ],
    },
  },
  {
    name: 'Apache denies a file, version 2.4',
    input:
      '[Mon Nov 23 07:00:01.123456 2026] [authz_core:error] [pid 35708:tid 4328636416] [client 203.0.113.7:51122] AH01630: client denied by server configuration: /srv/www/.htpasswd, referer: https://shop.example/',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observedAt: 1795417201123,
          observables: {
            ip: '203.0.113.7',
            referer: 'https://shop.example/',
          },
          facts: {
            application: 'apache',
            level: 'error',
            code: 'AH01630',
            text: 'AH01630: client denied by server configuration: /srv/www/.htpasswd, referer: https://shop.example/',
          },
          log: {
            product: 'apache',
            service: 'apache',
            fields: {
              message:
                'AH01630: client denied by server configuration: /srv/www/.htpasswd, referer: https://shop.example/',
              level: 'error',
              'c-ip': '203.0.113.7',
              'cs-referer': 'https://shop.example/',
            },
          },
        },
      ],
    },
  },
  {
    name: 'Apache of old, without a module and a port',
    input:
      '[Mon Nov 23 07:00:01 2026] [error] [client 2001:DB8::7] File does not exist: /srv/www/wp-login.php',
    expect: {
      reported: [
        {
          kind: 'host.logged',
          observedAt: 1795417201000,
          observables: {
            ip: '2001:db8::7',
          },
          facts: {
            application: 'apache',
            level: 'error',
            text: 'File does not exist: /srv/www/wp-login.php',
          },
          log: {
            product: 'apache',
            service: 'apache',
            fields: {
              message: 'File does not exist: /srv/www/wp-login.php',
              level: 'error',
              'c-ip': '2001:db8::7',
            },
          },
        },
      ],
    },
  },
  {
    name: "nginx's everyday life",
    input: '2026/11/23 07:00:01 [notice] 1#1: signal process started',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'a line of the other log',
    input: '203.0.113.7 - - [23/Nov/2026:08:00:01 +0100] "GET / HTTP/1.1" 200 1',
    expect: {
      refused: 'neither an error line of nginx nor of Apache',
    },
  },
  {
    name: 'a day that does not exist',
    input: '2026/11/31 07:00:01 [error] 1#1: *2 x',
    expect: {
      refused: 'neither an error line of nginx nor of Apache',
    },
  },
];
