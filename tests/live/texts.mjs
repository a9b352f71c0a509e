// SPDX-License-Identifier: Apache-2.0
// Texts of many scripts and kinds from a seed: the same seed gives the same texts.

/// Numbers in [0, 1) from a seed (mulberry32).
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const words = {
  english: `the of and to in a is that for it was on are as with they be at have this from or one had by but not what all were we when your
    can said there use an each which she do how their if will up other about out many then them these so some her would make like him
    into time has look two more write go see number no way could people my than first water been call who oil its now find long down day
    did get come made may part gateway throughput misconfigured unquestionably internationalization`.split(/\s+/),
  accents: 'été où naïve façade über Straße señor año coração não język łódź žluťoučký kůň smörgåsbord ægir ñandú İstanbul ığdır'.split(' '),
  cyrillic: 'привет мир как дела это большой город Москва съешь ещё этих мягких французских булок Київ їжак джерело'.split(' '),
  greek: 'καλημέρα κόσμε η γρήγορη αλεπού πηδάει ἄνθρωπος ΑΘΗΝΑ Ὀδυσσεύς'.split(' '),
  arabic: 'مرحبا بالعالم كيف حالك اليوم السَّلامُ عَلَيْكُمْ ١٢٣ ۴۵۶ فارسی می‌خواهم اردو'.split(' '),
  hebrew: 'שלום עולם מה שלומך היום בְּרֵאשִׁית בָּרָא תל־אביב'.split(' '),
  devanagari: 'नमस्ते दुनिया आप कैसे हैं हिन्दी में लिखना १२३ क्षत्रिय'.split(' '),
  indic: 'বাংলা ভাষা தமிழ் மொழி తెలుగు ಕನ್ನಡ മലയാളം ગુજરાતી ਪੰਜਾਬੀ සිංහල'.split(' '),
  thai: 'สวัสดีชาวโลก ภาษาไทยไม่มีช่องว่างระหว่างคำ ๑๒๓ ລາວ ភាសាខ្មែរ မြန်မာ'.split(' '),
  cjk: '你好世界 今天天气很好 人工智能网关 繁體中文 こんにちは世界 カタカナ ひらがな 東京都 ｶﾅ Ａ１ 〇一二三 、。「」'.split(' '),
  hangul: '안녕하세요 세계 오늘 날씨가 좋다 한국어 ㄱㄴㄷ 값'.split(' '),
  other: 'გამარჯობა հայերեն ᏣᎳᎩ አማርኛ ᠮᠣᠩᠭᠣᠯ བོད་ཡིག ⴰⵎⴰⵣⵉⵖ ǅungla ǈ ʰʷ ﬁ ﬀ Ⅷ ½ ² ೧ 𝔘𝔫𝔦 𝒙 𐍈 𞤀𞤣 𝟘𝟙 𐐀𐐨'.split(' '),
  emoji: ['😀', '👍🏽', '👩‍👩‍👧‍👦', '🏳️‍🌈', '🇩🇪', '❤️', '☎️', '1️⃣', '🫠', '👨🏿‍🚀', '✅', '→', '∑', '€', '™', '𝛑'],
  contractions: `I'm don't we're they've he'll she'd it's I'M DON'T WE'RE THEY'VE HE'LL SHE'D IT'S Don'T 'tis 'S 'Ll o'clock rock'n'roll ’s isn’t 'ſ
    x'ſ 're'll dogs' 'lx 'r 'v 'l '`.split(/\s+/),
  code: [`for (int i = 0; i < n; ++i) {\n    sum += a[i] * 0x1F;\n}\n`, `def f(x):\n\treturn x ** 2  # square\n`, `SELECT * FROM "users" WHERE id = 42;`,
    `<div class="a-b">&nbsp;</div>`, `camelCaseName`, `snake_case_name`, `HTTPServerError`, `std::vector<std::string>`, `x=>x?.y??z`, `/* --- */`,
    `$ curl -sS https://example.com/a/b?c=d&e=%20f#g`, `C:\\Users\\me\\file.txt`, `../../etc/passwd`, `git commit -m "fix: it"\r\n`, `//////`, `!!!\n\n/`],
  json: [`{"id":123456,"name":"Ada","tags":["a","b"],"nested":{"x":-1.5e10,"y":null,"z":true}}`, `"\\u00e9\\n"`, `[1,2,3]`, `{\n  "key": "value"\n}`, `{}`],
  url: ['https://www.example.com/path/to/page.html?query=string&n=1', 'mailto:a.b@example.org', 'ftp://10.0.0.1:21/', 'a@b.co', '192.168.100.200'],
  digits: ['0', '42', '1234', '3.14159', '1,234,567.89', '+49 30 123456', '2024-11-20T10:00:00Z', '00000000000', '1e-9', '12345678901234567890'],
  blanks: [' ', '  ', '   ', '        ', '\t', '\t\t', '\n', '\n\n', '\r\n', ' \n', '\n ', ' \n \n  ', '\u00a0', '\u3000', '\u2003', '\u0085', '\ufeff', '\u200b',
    '\u2028', '\v', '\f', ' \t \n\t ', '\n\n\n\n   ', '                                         '],
  marks: ['e\u0301', 'a\u0308\u0304', '\u0301', '!\u0301', '\u0301\u0302A', 'A\u0301B', 'क्', 'Z\u0351\u036b\u0343\u036a', '\u20dd', ' \u0301', 'AB\u0301CD', '9\u0301'],
  special: ['<|endoftext|>', '<|fim_prefix|>', '<|endofprompt|>', '<|im_start|>', '<|start|>'],
};
const kinds = Object.keys(words);

/// A text made of `parts` from the kinds of `among`.
function compose(next, among, parts) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  let text = '';
  for (let i = 0; i < parts; ++i) {
    let word = pick(words[pick(among)]);
    const shape = next();
    if (shape < 0.08) word = word.toUpperCase();
    else if (shape < 0.2) word = word.charAt(0).toUpperCase() + word.slice(1);
    text += word;
    const gap = next();
    if (gap < 0.62) text += ' ';
    else if (gap < 0.7) text += pick([', ', '. ', '; ', '! ', '? ', '...', ' - ', '; \n', '.\n\n', ':\n', ' (', ') ', '" ', "' "]);
    else if (gap < 0.78) text += pick(words.blanks);
  }
  return text;
}

/// Any code points but surrogates, of the whole range or of one block of it.
function anything(next, count) {
  const whole = next() < 0.3;
  const base = Math.floor(next() * 0x110) * 0x100 * (next() < 0.5 ? 0.2 : 1);
  let text = '';
  for (let i = 0; i < count; ++i) {
    const point = Math.floor(whole ? next() * 0x110000 : (base + next() * 0x180) % 0x110000);
    text += point >= 0xd800 && point < 0xe000 ? ' ' : String.fromCodePoint(point);
  }
  return text;
}

function repeated(next) {
  const pick = (list) => list[Math.floor(next() * list.length)];
  const unit = pick([...words.blanks, 'a', 'A', 'ab', '=', '-', '_', '.', '/', '0', 'é', 'я', '中', '中A', 'Aa', '\u0301', '😀', '!\n', "'s", 'xyz', '\u{1F468}\u200d']);
  return pick(['', 'x', ' ', '\n', 'A']) + unit.repeat(1 + Math.floor(next() ** 3 * 300)) + pick(['', 'x', ' ', '\n', 'A', '!']);
}

/// `count` texts, of a few bytes up to some thousands.
export function makeTexts(seed, count) {
  const next = random(seed);
  return Array.from({ length: count }, (_, i) => {
    const parts = 1 + Math.floor(next() ** 2 * 80);
    switch (i % 8) {
      case 0: return compose(next, kinds, parts);
      case 1: return anything(next, parts);
      case 2: return repeated(next);
      case 3: return compose(next, ['english', 'contractions', 'digits', 'json', 'code', 'url'], parts);
      case 4: return compose(next, ['marks', 'blanks', 'contractions', 'special', 'other', 'cjk'], parts);
      default: return compose(next, ['english', kinds[Math.floor(next() * kinds.length)], kinds[Math.floor(next() * kinds.length)]], parts);
    }
  });
}
