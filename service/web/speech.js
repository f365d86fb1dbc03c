// Reads a summary aloud with a voice of this device. Other voices would send it to their maker.

import { PHRASES } from "./messages.js";
import { element } from "./view.js";

const STOPPED = ["canceled", "interrupted"]; // errors of what was stopped

let utterances = []; // being read; some browsers forget those that nothing holds
let showEnd = () => {}; // in the button that began the reading

/**
 * A button that begins and ends reading `texts()`, which are in a language; none where the browser
 * cannot read. `announce` says something to those who do not see it.
 */
export function speechButtons(texts, language, announce) {
  if (!globalThis.speechSynthesis) return [];
  speechSynthesis.getVoices(); // Chromium begins to load them when it is first asked
  const show = (text) => (button.textContent = text);
  const fail = () => {
    show(PHRASES.no_voice);
    announce(PHRASES.no_voice);
  };
  const press = () => {
    if (utterances.length) return stopSpeaking();
    if (!texts().length) return; // all were emptied
    const voice = voiceFor(language);
    if (!voice) return fail();
    showEnd = () => show(PHRASES.listen);
    show(PHRASES.stop_listening);
    speak(texts(), voice, fail);
  };
  const properties = { type: "button", class: "quiet", id: "listen", onclick: press };
  const button = element("button", properties, PHRASES.listen);
  return [button];
}

/** Ends the reading, if there is one. */
export function stopSpeaking() {
  if (!utterances.length) return;
  utterances = [];
  speechSynthesis.cancel();
  showEnd();
}

/** A voice of this device for a language, the browser's default one if it is; undefined if none. */
function voiceFor(language) {
  const speaks = (voice) => voice.lang.split(/[-_]/)[0].toLowerCase() === language;
  const voices = speechSynthesis.getVoices().filter((voice) => voice.localService && speaks(voice));
  return voices.find((voice) => voice.default) ?? voices[0];
}

/** A text each, since some browsers break off a long one. */
function speak(texts, voice, onFail) {
  utterances = texts.map((text) => utteranceOf(text, voice, onFail));
  const last = utterances.at(-1);
  last.addEventListener("end", () => utterances.includes(last) && stopSpeaking());
  for (const utterance of utterances) speechSynthesis.speak(utterance);
}

function utteranceOf(text, voice, onFail) {
  const utterance = Object.assign(new SpeechSynthesisUtterance(text), { voice, lang: voice.lang });
  utterance.addEventListener("error", ({ error }) => {
    if (STOPPED.includes(error) || !utterances.includes(utterance)) return;
    stopSpeaking();
    onFail();
  });
  return utterance;
}
