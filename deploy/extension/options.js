// The options: the service and what is usually wanted of it. Saving asks for access to the service.

import { accessTo, addressOf, settings } from "./service.js";
import { choose, text, writeTexts } from "./texts.js";

const get = (id) => document.getElementById(id);
let saved = {};

async function begin() {
  writeTexts();
  saved = await settings();
  get("address").value = saved.address;
  get("key").value = saved.key;
  choose("language", saved.language);
  choose("length", saved.length);
}

async function save() {
  const address = addressOf(get("address").value.trim());
  get("address").setAttribute("aria-invalid", !address);
  if (!address) {
    show("wrong_address");
    get("address").focus();
    return;
  }
  const asking = chrome.permissions.request(accessTo(address)); // first: only a click may ask
  const wanted = new FormData(get("form"));
  const { language, length } = Object.fromEntries(wanted);
  const before = saved;
  saved = { address, key: get("key").value.trim(), language, length };
  await chrome.storage.local.set(saved);
  get("address").value = address;
  show((await asking) ? "saved" : "saved_without_access", address, location.origin);
  await leave(before.address);
}

/** Gives back the access to a service that is no longer asked. */
async function leave(address) {
  const old = accessTo(address);
  const isKept = String(old.origins) === String(accessTo(saved.address).origins);
  if (!isKept) await chrome.permissions.remove(old);
}

function show(name, ...values) {
  get("status").textContent = text(name, ...values);
}

get("form").addEventListener("submit", (event) => {
  event.preventDefault();
  save();
});
begin();
