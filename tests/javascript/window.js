"use strict";
// A window just large enough for the portal's scripts, which are plain browser scripts without exports: each is run as a
// page runs it, and what it hung on `ntm`, or did to the page, is looked at from outside. Time stands until it is told.
const fs = require("node:fs");
const path = require("node:path");
const vm = require("node:vm");

const STATIC = path.join(__dirname, "..", "..", "static");

// What is kept by name, as localStorage keeps it: the names are its own keys, the methods are not.
class Storage {
  getItem(name) { return Object.hasOwn(this, name) ? this[name] : null; }
  setItem(name, value) { this[name] = String(value); }
  removeItem(name) { delete this[name]; }
}

// Timers that run when a test says so, the earliest first.
class Clock {
  constructor() {
    this.waiting = new Map();
    this.last = 0;
  }
  set(task, delay = 0) {
    this.last += 1;
    this.waiting.set(this.last, { task, delay });
    return this.last;
  }
  clear(timer) { this.waiting.delete(timer); }
  // How long the next timer waits, or nothing when none does.
  get delay() { return [...this.waiting.values()].map((timer) => timer.delay).sort((a, b) => a - b)[0]; }
  // Run what waits now, for `longest` at most, and let what was asked of the server be answered.
  async pass(longest = Infinity) {
    const due = [...this.waiting].filter(([, { delay }]) => delay <= longest).sort(([, a], [, b]) => a.delay - b.delay);
    for (const [timer, { task }] of due) if (this.waiting.delete(timer)) task();
    await new Promise((done) => setImmediate(done));
  }
}

// A window with the named scripts run in it, in their order. `given`: what else the page has.
function open(scripts, given = {}) {
  const clock = new Clock();
  const heard = {};
  const window = {
    clock, heard,
    localStorage: new Storage(),
    document: { cookie: "" },
    addEventListener(kind, listener) { heard[kind] = listener; },
    setTimeout: (task, delay) => clock.set(task, delay),
    clearTimeout: (timer) => clock.clear(timer),
    URLSearchParams,
    ...given,
  };
  window.window = window;
  vm.createContext(window);
  for (const name of scripts) vm.runInContext(fs.readFileSync(path.join(STATIC, name), "utf8"), window, { filename: name });
  return window;
}

// A value of the window as one of this file, so that it can be compared.
const plain = (value) => JSON.parse(JSON.stringify(value));

module.exports = { STATIC, Storage, open, plain };
