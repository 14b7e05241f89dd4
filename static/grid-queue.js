"use strict";
// Typed cells on their way to the server. Each is kept in the browser (one key of localStorage a cell, so that two tabs
// do not overwrite each other) until the server has answered for it; sending one twice does no harm there.
window.ntm = window.ntm || {};

ntm.Queue = class {
  constructor(settings, hooks) {
    this.settings = settings;
    this.hooks = hooks;
    this.prefix = `ntm:${settings.officer}:${settings.year}:`;
    this.items = new Map();
    this.reasons = {};
    this.busy = false;
    this.delay = 0;
    this.restore();
    addEventListener("online", () => this.wake());
  }

  static id(commune, key) {
    return `${commune}|${key}`;
  }

  get(commune, key) {
    return this.items.get(ntm.Queue.id(commune, key));
  }

  // A cell was typed. `base` is what the server last said of it; an item that is already here keeps its own.
  put(commune, key, base, value, held = false) {
    const id = ntm.Queue.id(commune, key);
    const old = this.items.get(id);
    const item = old || { commune, key, base, version: 0 };
    if (value === item.base && item.state !== "sending") return this.drop(item);
    Object.assign(item, { value, state: held ? "held" : "waiting", version: item.version + 1, message: "" });
    item.reason = this.reasons[commune] || "";
    this.items.set(id, item);
    this.keep(item);
    this.hooks.render(item);
    this.plan();
  }

  drop(item) {
    this.items.delete(ntm.Queue.id(item.commune, item.key));
    try { localStorage.removeItem(this.prefix + ntm.Queue.id(item.commune, item.key)); } catch { /* private mode */ }
    this.hooks.render(item);
    this.plan();
  }

  keep(item) {
    try {
      localStorage.setItem(this.prefix + ntm.Queue.id(item.commune, item.key), JSON.stringify(item));
    } catch { this.hooks.full(); }
  }

  restore() {
    try {
      for (const key of Object.keys(localStorage).filter((name) => name.startsWith(this.prefix))) {
        const item = JSON.parse(localStorage.getItem(key));
        if (item.state === "sending") item.state = "waiting";
        this.items.set(ntm.Queue.id(item.commune, item.key), item);
      }
    } catch { /* nothing kept that can be read */ }
  }

  in(...states) {
    return [...this.items.values()].filter((item) => states.includes(item.state));
  }

  // Take a held cell as typed, mine against theirs, or theirs.
  confirm(item) { this.again(item, item.base); }
  mine(item) { this.again(item, item.theirs); }
  again(item, base) {
    Object.assign(item, { base, state: "waiting", version: item.version + 1, message: "" });
    this.keep(item);
    this.hooks.render(item);
    this.plan();
  }

  plan() {
    this.hooks.status();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), this.delay || 60);
  }

  wake() {
    this.delay = 0;
    this.plan();
  }

  async flush() {
    if (this.busy || this.stopped) return;
    const waiting = this.in("waiting");
    if (!waiting.length) return;
    const reason = waiting[0].reason || "";
    const batch = waiting.filter((item) => (item.reason || "") === reason).slice(0, 2000);
    const sent = batch.map((item) => [item, item.version]);
    for (const item of batch) { item.state = "sending"; this.hooks.render(item); }
    this.busy = true;
    this.hooks.status();
    let answer = null, found = null;
    try {
      answer = await this.post(this.settings.save, {
        reason,
        cells: batch.map(({ commune, key, base, value }) => ({ commune, key, base, value })),
      });
      // An answer that breaks off on its way counts as lost: the cells are sent again.
      if (answer.ok) found = await answer.json();
    } catch { answer = null; }
    this.busy = false;
    this.offline = !answer;
    if (found) await this.settle(sent, found);
    else await this.failed(sent, answer);
    this.hooks.status();
    if (this.in("waiting").length) this.plan();
  }

  post(url, body) {
    const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
    return fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token ? token[1] : "" },
      body: JSON.stringify({ officer: this.settings.officer, ...body }),
    });
  }

  async failed(sent, answer) {
    for (const [item] of sent) if (item.state === "sending") { item.state = "waiting"; this.hooks.render(item); }
    const status = answer ? answer.status : 0;
    if (status === 401 || status === 403) return this.signIn(status);
    if (status === 409) { this.stopped = true; return this.hooks.stopped((await answer.json()).error); }
    if (status >= 400 && status < 500 && status !== 429) {
      for (const [item] of sent) this.mark(item, "invalid", "Máy chủ không nhận được ô này.");
    }
    this.delay = Math.min((this.delay || 500) * 2, 15000);
    return null;
  }

  async signIn(status) {
    // A token that went with an old session is renewed by any page; only then is it worth asking for a password.
    if (status === 403 && !this.renewed) {
      this.renewed = true;
      try { await fetch(this.settings.login); } catch { /* offline again: the next round tells */ }
      return;
    }
    this.renewed = false;
    this.stopped = true;
    this.stopped = !(await this.hooks.signIn());
  }

  async login(username, password) {
    await fetch(this.settings.login);
    const token = /(?:^|; )(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie);
    const form = new URLSearchParams({ username, password, csrfmiddlewaretoken: token ? token[1] : "" });
    const answer = await fetch(this.settings.login, { method: "POST", body: form });
    return answer.ok && !answer.url.includes(this.settings.login);
  }

  mark(item, state, message) {
    Object.assign(item, { state, message });
    this.keep(item);
    this.hooks.render(item);
  }

  async settle(sent, answer) {
    this.delay = 0;
    const versions = new Map(sent);
    const unexplained = [];
    for (const cell of answer.cells) {
      const item = this.get(cell.commune, cell.key);
      if (!item) continue;
      if (cell.status === "saved") this.hooks.saved(cell, item.value);
      if (item.version !== versions.get(item)) {
        if (cell.status === "saved") item.base = cell.text;
        item.state = "waiting";
        this.keep(item);
      } else if (cell.status === "saved") this.drop(item);
      else if (cell.status === "conflict") {
        Object.assign(item, { theirs: cell.text, by: cell.by || "", at: cell.at || "" });
        this.mark(item, "conflict", "");
      } else if (cell.status === "reason") unexplained.push(item);
      else this.mark(item, cell.status, cell.message);
    }
    this.hooks.communes(answer.communes);
    if (unexplained.length) await this.explain(unexplained);
  }

  async explain(items) {
    const reason = await this.hooks.askReason(items.length);
    for (const item of items) {
      if (!reason) { this.mark(item, "locked", "Số liệu đã duyệt: sửa cần ghi lý do."); continue; }
      this.reasons[item.commune] = item.reason = reason;
      this.again(item, item.base);
    }
  }
};
