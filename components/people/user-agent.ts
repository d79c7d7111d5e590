export type Device = {
  /** Proper names, the same in every language; null where nothing is recognised. */
  readonly browser: string | null;
  readonly system: string | null;
  readonly kind: "desktop" | "phone" | "script";
};

/** The first that matches counts: every browser also names those that it wants to be taken for. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, "Edge"],
  [/\bOPR\/|\bOpera\b/, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\bVivaldi\//, "Vivaldi"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\bHeadlessChrome\//, "Chrome (headless)"],
  [/\b(?:Chrome|CriOS)\//, "Chrome"],
  [/\bChromium\//, "Chromium"],
  [/\bVersion\/[\d.]+.*\bSafari\//, "Safari"],
  [/^curl\//, "curl"],
  [/^Wget\//, "Wget"],
  [/^(?:node|undici|Node\.js)\b/i, "Node.js"],
  [/^python-requests\/|^Python-urllib\//, "Python"],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, "iOS"],
  [/\biPad\b/, "iPadOS"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b|\bX11\b/, "Linux"],
];

const scripts = new Set(["curl", "Wget", "Node.js", "Python"]);

/** Browser and operating system as a `User-Agent` tells them: a hint for people, never a proof. */
export function readUserAgent(userAgent: string): Device {
  const first = (list: readonly (readonly [RegExp, string])[]) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
  const browser = first(browsers);
  if (browser !== null && scripts.has(browser)) return { browser, system: first(systems), kind: "script" };
  return { browser, system: first(systems), kind: /\b(?:iPhone|iPad|Android|Mobile)\b/.test(userAgent) ? "phone" : "desktop" };
}
