"use strict";
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const test = require("node:test");
const { STATIC } = require("./window.js");

const FILES = [STATIC, __dirname].flatMap((folder) =>
  fs.readdirSync(folder).filter((name) => name.endsWith(".js")).map((name) => path.join(folder, name)));

// Where a rule is broken, as file:line.
function offences(found) {
  return FILES.flatMap((file) => fs.readFileSync(file, "utf8").split("\n").flatMap((text, n) =>
    (found(text, n, file) ? [`${path.basename(file)}:${n + 1}`] : [])));
}

test("every script is strict from its first line", () => {
  assert.deepEqual(offences((text, n) => n === 0 && text !== '"use strict";'), []);
});

test("lines end where their text ends and are indented by blanks", () => {
  assert.deepEqual(offences((text) => /\s$|\t/.test(text)), []);
});

test("files end with one line break", () => {
  assert.deepEqual(FILES.filter((file) => !/[^\n]\n$/.test(fs.readFileSync(file, "utf8"))), []);
});

test("names are let or const and values are compared exactly", () => {
  assert.deepEqual(offences((text, n, file) => file.startsWith(STATIC) && /\bvar\b|[^=!]==[^=]|!=[^=]/.test(text)), []);
});

test("nothing is left of a search for a fault", () => {
  assert.deepEqual(offences((text, n, file) => file.startsWith(STATIC) && /\bconsole\.|\bdebugger\b|\balert\(/.test(text)), []);
});

// The content policy forbids inline code; text that becomes markup would be the other way in.
test("text never becomes markup or code", () => {
  const ways = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
  assert.deepEqual(offences((text, n, file) => file.startsWith(STATIC) && ways.test(text)), []);
});
