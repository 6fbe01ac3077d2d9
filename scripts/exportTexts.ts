import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BUNDLE, textsOf } from './texts.ts';

const texts = textsOf(['src', 'webview']);
mkdirSync(dirname(BUNDLE), { recursive: true });
writeFileSync(BUNDLE, `${JSON.stringify(texts, null, 2)}\n`);
console.log(`${Object.keys(texts).length.toString()} texts in ${BUNDLE}`);
