// Single letters as keys can be switched off, or asked to come with Alt (WCAG 2.1.4); kept on this workstation.
import { setVolume } from "./sound.js";

const dialog = document.getElementById("settings"), root = document.documentElement;

export const mode = () => root.dataset.keys ?? "on";

export function listen() {
  root.dataset.keys = localStorage.getItem("keys") ?? "on";
  const form = dialog.querySelector("form");
  form.elements.keys.value = mode();
  form.elements.volume.value = Math.round(100 * Number(localStorage.getItem("volume") ?? 0.7));
  form.addEventListener("change", () => {
    root.dataset.keys = form.elements.keys.value;
    localStorage.setItem("keys", form.elements.keys.value);
    setVolume(form.elements.volume.value / 100);
  });
  document.getElementById("settings-open").addEventListener("click", () => dialog.showModal());
}
