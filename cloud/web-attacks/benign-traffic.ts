// biome-ignore-all lint/suspicious/noTemplateCurlyInString: look-ups and placeholders are what is tested.
/**
 * Honest requests to a shop, as its access log shows them: for measuring false alarms. In several languages, with what
 * is hard: apostrophes, words of SQL in sentences, code in questions, addresses in parameters, tokens, JSON, mistakes.
 */
import type { WebRequest } from './request-parts.ts';

type Random = () => number;

/** Mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const one = <Item>(items: readonly Item[], random: Random): Item => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
};
const upTo = (most: number, random: Random) => Math.floor(random() * most);
const lettersOf = (alphabet: string) => (length: number, random: Random) =>
  Array.from({ length }, () => alphabet.charAt(upTo(alphabet.length, random))).join('');
const token = lettersOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const base64 = lettersOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const hexadecimal = lettersOf('0123456789abcdef');

const agents = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
  'Mozilla/5.0 (Linux; Android 15; SM-S921B Build/AP3A.240905.015; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/130.0.0.0 Mobile Safari/537.36 [FBAN/EMA;FBLC/de_DE;FBAV/432.0.0.9.101;FBDM/{density=2.75}]',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21G80 Instagram 355.0.0.28.108 (iPhone14,5; iOS 17_6; de_DE; de; scale=3.00; 1170x2532; 653189263; IABMV/1)',
  'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; SLCC2; .NET CLR 2.0.50727)',
  'Mozilla/5.0 (Macintosh; U; Intel Mac OS X 10_6_8; id-ID) AppleWebKit/533.21.1 (KHTML, like Gecko) Version/5.0.5 Safari/533.21.1',
];
const crawlers = [
  'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36',
  'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
  'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
  'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
  'Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)',
];
const machines = [
  'curl/8.5.0',
  'Wget/1.21.4',
  'python-requests/2.32.3',
  'Go-http-client/2.0',
  'okhttp/4.12.0',
  'WordPress/6.6.2; https://shop.linden.example',
  'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
  'LindenApp/4.2.1 (de.linden.shop; build:812; iOS 18.1.0) Alamofire/5.9.1',
  'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/UD1A.231105.004)',
  'Blackbox Exporter/0.25.0',
  'PayPal IPN ( https://www.paypal.com/ipn )',
  'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
];

const goods: Readonly<Record<string, readonly string[]>> = {
  en: [
    'shoes',
    "men's running shoes",
    "women's jacket",
    "O'Reilly paperback",
    "Ben & Jerry's",
    "children's cough syrup",
    "L'Oréal shampoo",
    'black & decker drill',
    'size 10" x 12"',
    "6' ladder",
    "it's a boy! card",
    "rock 'n' roll poster",
    'cat food (dry)',
    'AT&T charger',
    'vitamin C+zinc',
    "50's dress",
    'gift for dad; under $20',
    'usb-c -> hdmi',
    '<3 necklace',
    'x-large',
    '1/2 inch pipe',
    'head & shoulders',
    'table: round or square?',
    'drop earrings',
    'select comfort mattress',
    'union jack flag',
    'top 10 | best sellers',
    "d'Addario strings",
    "'vintage' lamp",
    'order by phone',
    'ping pong table',
    'cat tree',
    'python leather belt',
    'net curtains',
    'curl cream',
    'dash cam',
    'bash guitar',
    'tape & glue',
    'java coffee beans',
    'ruby ring',
    'perl necklace',
    'find my phone case',
  ],
  de: [
    'Schuhe',
    'Hausschuhe für Kinder',
    'Bügeleisen',
    'Nähmaschine & Zubehör',
    "Levi's Jeans",
    "Männer's Welt",
    'Größe 42',
    'Ibuprofen 400 mg (20 Stück)',
    'Fußcreme',
    'Tee; Früchte',
    'Kaffeemaschine > 1000 W',
    '"Der Herr der Ringe"',
    'Wärmflasche/Kissen',
    'Vitamin D3+K2',
    'Hälfte/Hälfte',
    'Schraube M8x40 - verzinkt',
    'Was ist der Unterschied zwischen A und B?',
    'Union Berlin Trikot',
    'Blutdruckmessgerät',
    'Alter Schwede!',
    'Wer, wie, was',
    'Tisch 120x80 oder 140x90',
  ],
  fr: [
    "l'huile d'olive",
    "chaussures d'été",
    "crème à l'aloe vera",
    'aujourd’hui',
    "jeu d'échecs",
    'café & thé',
    "qu'est-ce que c'est",
    "brosse à dents d'enfant",
    "l'union fait la force",
    'where is my commande ?',
    "sac à main 'cuir'",
    'pommade n°5',
  ],
  es: [
    'zapatos de niño',
    '¿cuánto cuesta?',
    'crema "nivea"',
    'café molido',
    'jabón líquido',
    'camiseta talla L/XL',
    'piñata',
    'select + aceite',
  ],
  it: [
    "scarpe dell'estate",
    "l'acqua di colonia",
    "caffè d'orzo",
    "un'altra giacca",
    'piú grande?',
    "all'aperto",
  ],
  pl: ['buty dziecięce', 'żółta kurtka', 'krem do rąk', 'łóżko 160×200', 'śruba M8'],
  tr: ['çocuk ayakkabısı', 'İstanbul’un kalbi', 'şampuan', "Türkiye'de satılan"],
  ru: ['детская обувь', 'крем для рук', 'витамин С', 'книга «Война и мир»'],
  el: ['παπούτσια', 'κρέμα χεριών'],
  ar: ['حذاء رياضي', 'كريم اليد'],
  he: ['נעלי ילדים', 'צ׳יפס'],
  ja: ['子供靴', 'ビタミンＣ', '風邪薬（総合）', 'Ｔシャツ　Ｌ'],
  zh: ['儿童鞋', '感冒药', '“苹果”手机壳', '面膜；补水'],
  ko: ['어린이 신발', '비타민 C'],
  emoji: ['🎁 gift', 'shoes 👟', '❤️', 'happy birthday 🎂!!', ':-)', '¯\\_(ツ)_/¯', '>:('],
};
const sentences = [
  'select all from the union of both sets',
  'how do I drop a table lamp into my basket',
  'insert into frame 20x30',
  'where is my order and why is it late',
  'update my address to 5 Main St',
  'delete from wish list',
  'can I order by phone or by mail',
  'union jack and select teas',
  'create table for two',
  'is 5 > 4 or 3 < 4?',
  'price and size = large',
  'red or blue or green',
  'not like the others',
  "that's what she said - 'hello' or 'bye'",
  "the 90's and the 80's",
  'having problems with group order',
  'execute order 66 poster',
  'do you ship to A & B, or C; or D?',
  'I need it for 10-12 people (or more)',
  'my email is a.b@example.com',
  '2 for 1, 3 for 2',
  'what is 100% cotton - 50% off?',
  "we're looking for 1 or 2 chairs",
  'cat and mouse; dog and bone',
  'top 10 things to make',
  'sort by price | newest',
  'time to echo the past',
  'black/white or grey\\silver',
  "can't find 'my account' -- please help",
  'look: https://www.example.com/watch?v=dQw4w9WgXcQ',
  'e.g. size=42 & color=red',
  'Rezept: 2 EL Öl, 1/2 TL Salz; 30 min. bei 180°C',
  'Bestellung #12345 -- wann kommt sie?',
  "c'est l'heure d'aller à l'école, n'est-ce pas ?",
];
const code = [
  'how to use document.getElementById in javascript',
  'what does <b> do in html',
  'array_map php example',
  'printf("%d") format',
  'if (x > 3 && y < 4)',
  'for loop in c++',
  'regex [a-z]+@[a-z]+',
  'git commit -m message',
  'css div { color: red; }',
  'python list.append(x)',
  'function foo(bar)',
  'SQL join explained',
  'std::vector<int>',
  'Array<string>',
  'console.log not working',
  'npm install react',
  'null pointer exception java.lang.NullPointerException',
  'a => a.id',
  'C:\\Users\\me\\Pictures',
  'arduino digitalWrite(13, HIGH);',
  'excel =SUM(A1:A5)',
  'grep command linux',
  'docker for beginners',
  '{{ mustache }} templates book',
];
const campaigns = [
  'summer_sale',
  'Newsletter KW 47',
  'black-friday',
  '{{campaign.name}}',
  'retargeting|dpa|de',
  'brand_(exact)',
  'Weihnachten+2026',
  'men%27s-day',
  '[DE] Search - Generic',
  'cpc~shoes~42',
];
const words = [
  'schuhe',
  'jacken',
  'vitamine',
  'shoes',
  'bags',
  'cosmetics',
  'sante',
  'bebe',
  'offers',
  'sale',
  'select',
  'union-jack',
  'tables',
  'drop-earrings',
  'cats',
  'wigs',
  'etc',
  'bin-bags',
];

/** Encodings of honest clients. */
const asForm = (text: string) => encodeURIComponent(text).replaceAll('%20', '+');
const asComponent = (text: string) => encodeURIComponent(text);
/** Java and PHP encode more than browsers. */
const asStrict = (text: string) =>
  asForm(text).replace(/[!'()*~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
/** Sloppy clients leave signs as they are. */
const asSloppy = (text: string) =>
  encodeURI(text)
    .replace(/[#&+]/g, encodeURIComponent)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll('%7C', '|');
/** Old clients send Latin-1. */
const asLatin = (text: string) =>
  [...text]
    .map((sign) =>
      sign.charCodeAt(0) > 127 && sign.charCodeAt(0) < 256
        ? `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
        : encodeURIComponent(sign),
    )
    .join('');
const encodings = [asForm, asForm, asForm, asComponent, asComponent, asStrict, asSloppy, asLatin];

/** Something that a person types. */
function typed(random: Random): string {
  const roll = random();
  if (roll < 0.75) {
    const language = one(Object.keys(goods), random);
    const thing = one(goods[language] ?? ['shoes'], random);
    return random() < 0.2 ? `${thing} ${one(goods[language] ?? ['shoes'], random)}` : thing;
  }
  if (roll < 0.96) return one(sentences, random);
  return one(code, random);
}

const product = (random: Random) =>
  `/p/${one(words, random)}-${one(words, random)}-${upTo(90_000, random)}${one(['', '.html', '/', `?variant=${upTo(99_999, random)}`], random)}`;

function page(random: Random): string {
  switch (upTo(6, random)) {
    case 0:
      return '/';
    case 1:
      return `/c/${one(words, random)}/${one(words, random)}/?page=${upTo(20, random)}&sort=${one(['price-asc', 'price desc', 'name', '-created'], random).replace(' ', '%20')}`;
    case 2:
      return `/${one(['cart', 'checkout', 'account/orders', 'faq', 'agb', 'impressum', 'blog/2026/11/tipps-für-den-winter', 'über-uns', "blog/it's-winter", 'marken/l%27oreal', 'size-chart(eu)', 'marken/ben&jerrys'], random)}`;
    case 3:
      return `/media/${hexadecimal(2, random)}/${hexadecimal(2, random)}/${token(12, random)}.${one(['jpg', 'webp', 'png', 'svg'], random)}?w=${upTo(2_000, random)}&v=${upTo(99_999, random)}`;
    case 4:
      return `/${one(['assets/app', 'theme/all', 'bundles/storefront/js/vendor-node'], random)}.${hexadecimal(8, random)}.${one(['js', 'css', 'js.map', 'woff2'], random)}`;
    default:
      return product(random);
  }
}

function search(random: Random): string {
  const encoding = one(encodings, random);
  const name = one(['q', 'search', 's', 'query', 'suche', 'keyword', 'term'], random);
  return `/${one(['search', 'suche', 'recherche', 'catalogsearch/result/', ''], random)}?${name}=${encoding(typed(random))}${random() < 0.4 ? `&page=${upTo(9, random)}` : ''}${random() < 0.2 ? '&lang=de_DE' : ''}`;
}

const filters: readonly ((random: Random) => string)[] = [
  (random) =>
    `/c/${one(words, random)}?filter=${asComponent(JSON.stringify({ color: [one(['red', 'blue'], random)], price: { min: upTo(50, random), max: 100 + upTo(99, random) }, brand: "L'Oréal" }))}`,
  (random) =>
    `/c/${one(words, random)}?filter[color][]=red&filter[color][]=blue&price[min]=${upTo(40, random)}&price[max]=${upTo(400, random)}`,
  (random) => `/c/${one(words, random)}?f=color:red|size:${upTo(50, random)}|brand:${asForm("Levi's")}`,
  (random) =>
    `/c/${one(words, random)}?min_price=10&max_price=20&filter_size=xl&query_type_size=or&orderby=price-desc`,
  (random) =>
    `/listing?properties=${hexadecimal(32, random)}%7C${hexadecimal(32, random)}&order=name-asc&p=${upTo(9, random)}`,
  (random) => `/search?q=*&fq=price:[10+TO+${upTo(99, random)}]&rows=20&fl=id,name`,
  (random) => `/c/sale;color=red;size=${upTo(50, random)}?p=2`,
  (_random) =>
    `/graphql?query=${asComponent('{ products(first: 10) { id name price(currency: EUR) } }')}&operationName=List`,
  (random) =>
    `/store-api/search?limit=24&p=1&filter[0][type]=equals&filter[0][field]=active&filter[0][value]=${one(['true', '1'], random)}`,
];
const measured: readonly ((random: Random) => string)[] = [
  (random) =>
    `${product(random).split('?')[0]}?utm_source=${one(['google', 'facebook', 'newsletter'], random)}&utm_medium=cpc&utm_campaign=${asForm(one(campaigns, random))}&utm_term=${asForm(typed(random))}&gclid=${token(80, random)}`,
  (random) =>
    `/?fbclid=IwAR${token(57, random)}&utm_content=${one(['{{ad.name}}', '{adid}', 'a%7Cb', '${GCLID}', '%%SITE%%'], random)}`,
  (random) =>
    `/collect?v=2&tid=G-${token(10, random)}&dl=${asComponent(`https://shop.linden.example${search(random)}`)}&dr=${asComponent('https://www.google.com/')}&dt=${asComponent(typed(random))}&sr=1920x1080&_s=${upTo(9, random)}`,
  (random) =>
    `/mc?e=${hexadecimal(10, random)}&u=${hexadecimal(25, random)}&mc_cid=${hexadecimal(10, random)}&mc_eid=UNIQID`,
];
const tokens: readonly ((random: Random) => string)[] = [
  (random) => `/confirm?token=${base64(44, random).replaceAll('+', '%2B').replaceAll('/', '%2F')}%3D%3D`,
  (random) => `/reset-password/${token(64, random)}`,
  (random) =>
    `/oauth/callback?code=4/0A${token(60, random)}&state=${asComponent(Buffer.from(JSON.stringify({ r: '/account', n: token(8, random) })).toString('base64'))}&scope=openid%20email%20profile`,
  (random) => `/sso?jwt=eyJhbGciOiJIUzI1NiJ9.${token(90, random)}.${token(43, random)}`,
  (random) =>
    `/consent?cookie=${asComponent(`session=${token(32, random)}; cart=${hexadecimal(16, random)}; _ga=GA1.2.${upTo(1e9, random)}.1700000000; consent={"a":true,"b":false}; path=/`)}`,
  (random) =>
    `/track?p=${asComponent(JSON.stringify({ event: 'view', item: typed(random), qty: upTo(5, random), ref: null }))}&ts=${1_700_000_000 + upTo(9_999_999, random)}`,
  (random) =>
    `/unsubscribe?m=${asComponent(Buffer.from(`user${upTo(9_999, random)}@example.com`).toString('base64'))}&h=${hexadecimal(40, random)}`,
  (random) =>
    `/img/resize?src=${asComponent(`https://cdn.linden.example/media/${token(8, random)}.jpg`)}&w=400`,
  (random) =>
    `/saml/acs?SAMLResponse=${asComponent(base64(400, random))}&RelayState=${asComponent('https://shop.linden.example/account')}`,
];
const returns: readonly ((random: Random) => string)[] = [
  (random) => `/login?return=${asComponent(page(random))}`,
  (random) => `/login?redirect_to=${asComponent(`https://shop.linden.example${search(random)}`)}`,
  (random) =>
    `/checkout/finish?orderId=${hexadecimal(32, random)}&return_url=${asComponent('https://shop.linden.example/checkout/done?paid=1&lang=de')}`,
  (random) =>
    `/account/login?next=${search(random).replaceAll('&', '%26').replaceAll('?', '%3F').replaceAll('=', '%3D')}`,
  (random) =>
    `/share?u=${asComponent(`https://shop.linden.example${product(random)}`)}&t=${asForm(typed(random))}`,
  (random) =>
    `/go?url=${asComponent(`https://www.${one(['paypal.com', 'klarna.com', 'dhl.de', 'hermes.example'], random)}/track?id=${upTo(1e9, random)}`)}`,
  (random) => `/oembed?url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D${token(11, random)}&format=json`,
];
const interfaces: readonly ((random: Random) => WebRequest)[] = [
  (random) => ({
    method: 'POST',
    target: '/?wc-ajax=get_refreshed_fragments',
    userAgent: one(agents, random),
    referer: 'https://shop.linden.example/cart/',
  }),
  (random) => ({
    method: 'GET',
    target: `/wp-json/wc/v3/products?per_page=100&page=${upTo(9, random)}&after=2026-11-01T00%3A00%3A00&consumer_key=ck_${hexadecimal(40, random)}&consumer_secret=cs_${hexadecimal(40, random)}`,
    userAgent: 'WooCommerce API Client-PHP/3.1.0',
  }),
  (random) => ({
    method: one(['PUT', 'DELETE', 'PATCH'], random),
    target: `/wp-json/wc/store/v1/cart/items/${hexadecimal(32, random)}`,
    userAgent: one(agents, random),
  }),
  (random) => ({
    method: 'POST',
    target: `/wp-admin/admin-ajax.php?action=heartbeat&_=${upTo(1e9, random)}`,
    userAgent: one(agents, random),
    status: 200,
  }),
  () => ({
    method: 'POST',
    target: '/wp-cron.php?doing_wp_cron=1763879588.1234567890',
    userAgent: 'WordPress/6.6.2; https://shop.linden.example',
    status: 200,
  }),
  (random) => ({
    method: 'GET',
    target: `/wp-json/wp/v2/posts?_fields=id,title&search=${asForm(typed(random))}`,
    userAgent: one(agents, random),
  }),
  (random) => ({
    method: 'POST',
    target: `/payment/notify?transactionId=${hexadecimal(24, random)}&hash=${base64(43, random).replaceAll('+', '%2B')}%3D`,
    userAgent: 'PayPal IPN ( https://www.paypal.com/ipn )',
  }),
  (random) => ({
    method: 'POST',
    target: '/webhooks/stripe',
    userAgent: 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
    body: '',
    status: 200 - upTo(1, random),
  }),
  (random) => ({
    method: 'GET',
    target: `/checkout/return?session_id=cs_live_${token(58, random)}`,
    userAgent: one(agents, random),
    referer: 'https://checkout.stripe.com/',
  }),
  (random) => ({
    method: 'GET',
    target: `/paypal/return?token=EC-${token(17, random).toUpperCase()}&PayerID=${token(13, random).toUpperCase()}`,
    userAgent: one(agents, random),
    referer: 'https://www.paypal.com/',
  }),
  (random) => ({
    method: 'PUT',
    target: `/api/v2/cart/${hexadecimal(24, random)}/items`,
    userAgent: 'LindenApp/4.2.1 (de.linden.shop; build:812; iOS 18.1.0) Alamofire/5.9.1',
  }),
  (random) => ({
    method: 'GET',
    target: `/api/v2/stores/near?lat=${(48 + random()).toFixed(5)}&lon=${(11 + random()).toFixed(5)}&radius=10`,
    userAgent: 'okhttp/4.12.0',
  }),
  (random) => ({
    method: 'OPTIONS',
    target: '/api/v2/orders',
    userAgent: one(agents, random),
    referer: 'https://shop.linden.example/',
  }),
  (random) => ({ method: 'HEAD', target: '/', userAgent: one(machines, random) }),
  (random) => ({
    method: 'GET',
    target: one(
      [
        '/health',
        '/robots.txt',
        '/favicon.ico',
        '/sitemap.xml',
        '/sitemap_index.xml.gz',
        '/.well-known/security.txt',
        '/.well-known/apple-app-site-association',
        '/ads.txt',
        '/apple-touch-icon.png',
        '/manifest.json',
        '/sw.js',
        '/feed/',
        '/en/terms.pdf',
      ],
      random,
    ),
    userAgent: one([...machines, ...crawlers], random),
    status: one([200, 404], random),
  }),
];

/** What goes wrong at the hands of people and of their programs. */
const mistakes: readonly ((random: Random) => string)[] = [
  (random) => `/search?q=50%+off+${one(words, random)}`,
  (random) => `/p/${one(words, random)}-123.html%20`,
  (random) => `/c/${one(words, random)}?a=1&amp;b=2&amp;page=${upTo(9, random)}`,
  (random) => `//c//${one(words, random)}//`,
  (random) => `/${one(words, random)}/https://shop.linden.example/${one(words, random)}`,
  (random) => `/p/${upTo(999, random)}).`,
  (random) => `/p/${upTo(999, random)}%22`,
  (random) => `/p/${upTo(999, random)}%E2%80%9D`,
  (random) => `/p/undefined?id=null&x=NaN&p=${upTo(9, random)}`,
  (random) => `/search?q=${asForm(typed(random))}&q=${asForm(typed(random))}`,
  (random) => `/suche?q=${asForm(`${typed(random)}\n`)}`,
  (random) => `/search?q=${asForm(` ${typed(random)}'`)}`,
  (random) => `/search?q=${asForm(`"${typed(random)}"`)}`,
  (random) =>
    `/contact?message=${asForm(`${one(sentences, random)}\r\n\r\nGrüße: ${one(['Anna', "Liam O'Neill", 'José'], random)}\r\nTel.: 089/1234-${upTo(999, random)}`)}`,
  (random) =>
    `/${one(words, random)}/index.php?route=product/product&path=${upTo(99, random)}_${upTo(99, random)}&product_id=${upTo(999, random)}`,
  (random) => `/search?q=%u00fc${one(words, random)}`,
];

const referers = [
  '',
  '',
  '',
  'https://www.google.com/',
  'https://shop.linden.example/',
  'https://shop.linden.example/search?q=men%27s+shoes',
  'https://www.bing.com/search?q=l%27or%C3%A9al+shampoo',
  'android-app://com.google.android.googlequicksearchbox/',
  'https://l.facebook.com/l.php?u=https%3A%2F%2Fshop.linden.example%2F%3Ffbclid%3DIwAR0&h=AT0',
  'https://mail.example.de/owa/redir.aspx?REF=abc',
  'https://duckduckgo.com/',
  'http://localhost:3000/',
];

/** One honest request. */
export function benignRequest(random: Random): WebRequest {
  const roll = random();
  const base: WebRequest = {
    method: 'GET',
    target: '/',
    userAgent:
      random() < 0.12 ? one(crawlers, random) : random() < 0.06 ? one(machines, random) : one(agents, random),
    status: random() < 0.94 ? 200 : 404,
  };
  const referer = one(referers, random);
  if (referer !== '') base.referer = referer;
  if (roll < 0.3) return { ...base, target: encodeURI(page(random)).replaceAll('%25', '%') };
  if (roll < 0.55) return { ...base, target: search(random) };
  if (roll < 0.65) return { ...base, target: one(filters, random)(random) };
  if (roll < 0.74) return { ...base, target: one(measured, random)(random) };
  if (roll < 0.81) return { ...base, target: one(tokens, random)(random) };
  if (roll < 0.87) return { ...base, target: one(returns, random)(random) };
  if (roll < 0.95) return { status: 200, ...one(interfaces, random)(random) };
  if (roll < 0.99) return { ...base, target: one(mistakes, random)(random) };
  return {
    ...base,
    method: 'POST',
    target: one(['/cart/add', '/account/login', '/newsletter/subscribe', '/checkout/address'], random),
  };
}
