#!/usr/bin/env python3
"""render.py PAGE.html [SCREENSHOTS] [--require ID,...]

Loads a report in headless Chromium, light and dark, at 380 and 1280 pixels, and looks at what a reader would notice: messages on the
console, requests to anywhere, figures that are missing or empty, a page that scrolls sideways, text that can hardly be read, two
elements with one id. Saves a screenshot of each into SCREENSHOTS.

Exit status: 0 all is well, 1 something is wrong (each line says what), 69 no browser, 66 no page.
"""

import argparse
import base64
import os
import pathlib
import sys

from devtools import Browser, BrowserFailed, BrowserMissing

FIGURES = "fig-deferral,fig-baselines,fig-walk,fig-risk-coverage,fig-violations,fig-reliability,fig-coefficients,fig-entropy"
OTHERS = "verdict,table-splits,table-classes,table-scores,table-summary,trace-1,reading,provenance"

LOOK = """
(() => {
  const problems = [];
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) {
    const wide = [...document.querySelectorAll('body *')].filter(e => !e.closest('.tablebox') && e.getBoundingClientRect().right > innerWidth + 1);
    problems.push(`the page is ${root.scrollWidth} px wide in a window of ${innerWidth}: ` + wide.slice(0, 3).map(e => e.tagName + '.' + (e.className.baseVal ?? e.className)).join(', '));
  }
  for (const id of REQUIRED) if (!document.getElementById(id)) problems.push(`#${id} is missing`);
  for (const figure of document.querySelectorAll('figure')) {
    const drawn = [...figure.querySelectorAll('svg')].filter(s => getComputedStyle(s).display !== 'none');
    if (drawn.length !== 1) problems.push(`#${figure.id} shows ${drawn.length} drawings`);
    for (const svg of drawn) {
      const box = svg.getBoundingClientRect(), marks = svg.querySelectorAll('path,line,circle,rect').length;
      if (box.height < 60 || marks < 3) problems.push(`#${figure.id} is empty: ${marks} marks in ${box.height} px`);
      if (/NaN|Infinity|undefined/.test(svg.outerHTML)) problems.push(`#${figure.id} holds a coordinate that is no number`);
      const label = svg.getAttribute('aria-labelledby') || '';
      if (!label || !label.split(' ').every(id => document.getElementById(id)?.textContent.length > 5)) problems.push(`#${figure.id} is not described`);
      for (const text of svg.querySelectorAll('text')) {
        const t = text.getBoundingClientRect();
        if (t.left < box.left - 3 || t.right > box.right + 3) problems.push(`#${figure.id}: "${text.textContent}" sticks out by ${Math.round(Math.max(box.left - t.left, t.right - box.right))} px`);
      }
      const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
      for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) {
        const [a, b] = [texts[i][1], texts[j][1]];
        const w = Math.min(a.right, b.right) - Math.max(a.left, b.left), h = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (w > 2 && h > 5) problems.push(`#${figure.id}: "${texts[i][0].textContent}" and "${texts[j][0].textContent}" overlap`);
      }
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`the id ${id} is there twice`);
  for (const table of document.querySelectorAll('table')) for (const th of table.querySelectorAll('th')) if (!th.scope) problems.push('a table header without scope: ' + th.textContent);
  if (document.querySelector('script,iframe,object,embed,img,link,form')) problems.push('an element that does not belong: ' + document.querySelector('script,iframe,object,embed,img,link,form').outerHTML.slice(0, 80));
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const parse = color => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  const seen = new Map();
  for (const e of document.querySelectorAll('main *')) {
    const isText = e.tagName === 'text' || e.tagName === 'tspan' || [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!isText || e.tagName === 'title' || e.tagName === 'desc' || e.tagName === 'STYLE') continue;
    const style = getComputedStyle(e);
    const ink = e instanceof SVGElement ? style.fill : style.color;
    let back = paper;
    for (let p = e; p; p = p.parentElement) { const b = getComputedStyle(p).backgroundColor; if (b && parse(b)[3] > 0) { back = b; break; } }
    const key = ink + '|' + back;
    if (!seen.has(key)) {
      const [a, b] = [luminance(parse(ink)), luminance(parse(back))];
      seen.set(key, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05));
      if (seen.get(key) < 4.5) problems.push(`contrast ${seen.get(key).toFixed(2)} of "${e.textContent.trim().slice(0, 30)}": ${ink} on ${back}`);
    }
  }
  return {problems, height: root.scrollHeight, figures: document.querySelectorAll('figure').length, paper, contrast: Math.min(...seen.values())};
})()
"""


def look(browser, url, width, scheme, required):
    """What is wrong with the page at this width in this scheme, and a screenshot of all of it."""
    target = browser.send("Target.createTarget", {"url": "about:blank"})["targetId"]
    session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
    for domain in ("Page", "Network", "Runtime", "Log"):
        browser.send(f"{domain}.enable", session=session)
    browser.send("Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}, session)
    browser.send("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}, session)
    browser.events.clear()
    browser.send("Page.navigate", {"url": url}, session)
    browser.wait("Page.loadEventFired", session)
    browser.drain(0.3)
    found = browser.send(
        "Runtime.evaluate",
        {"expression": LOOK.replace("REQUIRED", repr(required)), "returnByValue": True, "awaitPromise": True}, session,
    )
    problems = []
    if "exceptionDetails" in found:
        problems.append(f"the page could not be looked at: {found['exceptionDetails']}")
    seen = found["result"].get("value", {"problems": [], "height": 900, "figures": 0})
    problems += seen["problems"]
    for event in browser.events:
        name, params = event.get("method"), event.get("params", {})
        if name == "Network.requestWillBeSent" and params["request"]["url"] != url:
            problems.append(f"a request to {params['request']['url'][:120]}")
        elif name == "Runtime.consoleAPICalled":
            problems.append(f"console: {params['args']}")
        elif name == "Runtime.exceptionThrown":
            problems.append(f"exception: {params['exceptionDetails']['text']}")
        elif name == "Log.entryAdded":
            problems.append(f"log: {params['entry']['text']}")
    height = min(16000, int(seen["height"]))
    picture = browser.send(
        "Page.captureScreenshot",
        {"format": "png", "captureBeyondViewport": True, "clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}}, session,
    )["data"]
    browser.send("Target.closeTarget", {"targetId": target})
    browser.events.clear()
    return problems, seen, base64.b64decode(picture)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("screenshots", type=pathlib.Path, nargs="?")
    parser.add_argument("--require", default=f"{FIGURES},{OTHERS}", help="ids that must be there, separated by commas")
    parser.add_argument("--browser", default=os.environ.get("CHROMIUM"))
    options = parser.parse_args()
    if not options.page.is_file():
        print(f"render.py: {options.page}: there is no such file", file=sys.stderr)
        return 66
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    required = [name for name in options.require.split(",") if name]
    wrong = 0
    try:
        with Browser(options.browser) as browser:
            for scheme in ("light", "dark"):
                for width in (380, 1280):
                    problems, seen, picture = look(browser, options.page.resolve().as_uri(), width, scheme, required)
                    if options.screenshots:
                        (options.screenshots / f"{options.page.stem}-{scheme}-{width}.png").write_bytes(picture)
                    for problem in problems:
                        print(f"{scheme}, {width} px: {problem}")
                    wrong += len(problems)
                    print(
                        f"{scheme}, {width} px: {seen['figures']} figures, {seen['height']} px high, least contrast "
                        f"{seen.get('contrast', 0):.1f}, {len(problems)} problems")
    except BrowserMissing as error:
        print(f"render.py: {error}", file=sys.stderr)
        return 69
    except BrowserFailed as error:
        print(f"render.py: {error}", file=sys.stderr)
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
