"use strict";
// Elements just large enough for what the scripts do to a page: text, attributes, classes, listeners, rows of cells.

class Element {
  constructor(tag = "div", given = {}) {
    this.tag = tag;
    this.attributes = {};
    this.dataset = {};
    this.children = [];
    this.listeners = {};
    this.names = new Set();
    this.text = "";
    this.value = "";
    this.hidden = false;
    this.sizes = {};
    this.style = { setProperty: (name, size) => { this.sizes[name] = size; } };
    this.classList = {
      add: (...names) => names.forEach((name) => this.names.add(name)),
      remove: (...names) => names.forEach((name) => this.names.delete(name)),
      toggle: (name, on) => (on ? this.names.add(name) : this.names.delete(name)),
      contains: (name) => this.names.has(name),
    };
    Object.assign(this, given);
  }

  get textContent() { return this.text + this.children.map((child) => child.textContent ?? child).join(""); }
  set textContent(text) { this.text = String(text); this.children = []; }

  setAttribute(name, value) { this.attributes[name] = String(value); }
  removeAttribute(name) { delete this.attributes[name]; }
  hasAttribute(name) { return name in this.attributes; }
  toggleAttribute(name, on) { if (on) this.attributes[name] = ""; else delete this.attributes[name]; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.text = ""; this.children = children; }
  addEventListener(kind, listener) { (this.listeners[kind] ||= []).push(listener); }
  getBoundingClientRect() { return { left: 0, top: 0, width: 60, height: 20 }; }
  scrollIntoView() {}
  focus() {}
  closest() { return this; }

  // Every listener of an event hears it; what they return is waited for. The event, with what they did to it.
  async hear(kind, given = {}) {
    const event = { target: this, prevented: false, preventDefault() { this.prevented = true; }, ...given };
    for (const listener of this.listeners[kind] || []) await listener(event);
    return event;
  }

  // Everything below, buttons among it.
  *all() {
    for (const child of this.children) {
      if (!(child instanceof Element)) continue;
      yield child;
      yield* child.all();
    }
  }
}

module.exports = { Element };
