/** Written from the Content Security Policy and Reporting API specifications. */
import type { SourceSample } from '../source.ts';

export const cspReportSamples: readonly SourceSample[] = [
  {
    name: 'report-uri: a script of a stranger on the page of the payment',
    input:
      '{"csp-report":{"document-uri":"https://shop.example/checkout?token=secret","referrer":"","violated-directive":"script-src-elem","effective-directive":"script-src-elem","original-policy":"default-src \'self\'","disposition":"enforce","blocked-uri":"https://Skimmer.Example/a.js","source-file":"https://shop.example/lib.js?v=1","line-number":7,"status-code":200}}',
    expect: {
      reported: [
        {
          kind: 'page.violated',
          observables: {
            domain: 'skimmer.example',
          },
          facts: {
            policy: 'csp',
            page: 'https://shop.example/checkout',
            directive: 'script-src-elem',
            blocked: 'https://Skimmer.Example/a.js',
            disposition: 'enforce',
            script: 'https://shop.example/lib.js',
            line: 7,
          },
        },
      ],
    },
  },
  {
    name: 'Reporting API: two reports and one of another matter',
    input:
      '[{"type":"csp-violation","age":10000,"url":"https://shop.example/checkout","user_agent":"Mozilla/5.0","body":{"documentURL":"https://shop.example/checkout#x","blockedURL":"inline","effectiveDirective":"script-src-attr","disposition":"report","sample":"alert(1)","sourceFile":"https://shop.example/checkout","lineNumber":3}},{"type":"integrity-violation","age":5,"url":"https://shop.example/","user_agent":"Mozilla/5.0","body":{"documentURL":"https://shop.example/","blockedURL":"https://cdn.example/a.js","destination":"script","reportOnly":false}},{"type":"deprecation","body":{"id":"x"}}]',
    expect: {
      reported: [
        {
          kind: 'page.violated',
          observedAt: 1795417190000,
          observables: {
            'user-agent': 'Mozilla/5.0',
          },
          facts: {
            policy: 'csp',
            page: 'https://shop.example/checkout',
            directive: 'script-src-attr',
            blocked: 'inline',
            disposition: 'report',
            script: 'https://shop.example/checkout',
            line: 3,
            sample: 'alert(1)',
          },
        },
        {
          kind: 'page.violated',
          observedAt: 1795417199995,
          observables: {
            domain: 'cdn.example',
            'user-agent': 'Mozilla/5.0',
          },
          facts: {
            policy: 'integrity',
            page: 'https://shop.example/',
            directive: 'script',
            blocked: 'https://cdn.example/a.js',
          },
        },
      ],
    },
  },
  {
    name: "an extension of the visitor's browser",
    input:
      '{"csp-report":{"document-uri":"https://shop.example/","violated-directive":"script-src","blocked-uri":"chrome-extension://abc"}}',
    expect: {
      ignored: true,
    },
  },
  {
    name: 'a report of nothing',
    input: '{"csp-report":{}}',
    expect: {
      refused: 'document-uri: missing',
    },
  },
  {
    name: 'something else',
    input: '{"x":1}',
    expect: {
      refused: 'csp-report: missing',
    },
  },
  {
    name: 'a list of numbers',
    input: '[1,2]',
    expect: {
      refused: 'not a list of reports',
    },
  },
  {
    name: 'half a list',
    input: '[{"type":"csp-vio',
    expect: {
      refused: 'not JSON',
    },
  },
];
