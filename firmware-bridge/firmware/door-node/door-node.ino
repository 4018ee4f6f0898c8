// A door: reed contact, tamper switch, exit button, thermometer, buzzer. Speaks PROTOCOL.md at 115,200 baud.
#include <avr/sleep.h>
#include <avr/wdt.h>
#include "identity.h"
#include "inputs.h"
#include "reports.h"
#include "wire.h"
#include "wiring.h"

const uint8_t FIRMWARE_MAJOR = 1, FIRMWARE_MINOR = 0;

static DebouncedInput contact(CONTACT_PIN), tamper(TAMPER_PIN), button(BUTTON_PIN);
static Reports reports;
static FrameReader reader;

static uint8_t resetCause __attribute__((section(".noinit")));
static bool buzzerOn = false;
static bool helloDue = true;
static int16_t temperature = NO_TEMPERATURE, reportedTemperature = NO_TEMPERATURE;
static uint32_t buzzerSinceMs, lastHeartbeatMs, lastReportMs, lastMeasureMs;
static uint32_t lastSendMs;
static uint16_t repeatMs = 0;  // 0: the oldest report was not sent yet

// After a watchdog reset the watchdog still runs, at its shortest: it must be stopped before anything else.
extern "C" void stopWatchdogEarly() __attribute__((naked, used, section(".init3")));
extern "C" void stopWatchdogEarly() {
  resetCause = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

// Timer 0 counts four times slower here than Arduino sets it: the processor wakes 244 times a second instead
// of 977. What millis() calls a millisecond are therefore four.
static uint32_t elapsedMs() { return millis() * 4; }

static uint8_t flags() {
  return (contact.isHigh() ? CONTACT_OPEN : 0) | (tamper.isHigh() ? TAMPERED : 0) |
         (buzzerOn ? BUZZER_ON : 0) | (button.isHigh() ? 0 : BUTTON_DOWN);
}

static void report(Cause cause, uint32_t nowMs) {
  reports.add(cause, flags(), temperature, nowMs);
  reportedTemperature = temperature;
  lastReportMs = nowMs;
}

static void setBuzzer(bool on, uint32_t nowMs) {
  if (on) buzzerSinceMs = nowMs;
  if (on == buzzerOn) return;
  buzzerOn = on;
  digitalWrite(BUZZER_PIN, on ? HIGH : LOW);
  report(BUZZER, nowMs);
}

static FrameWriter &addBoot(FrameWriter &frame) {
  return frame.add32(reports.boot().number).add16(reports.boot().noise);
}

static bool sendHello() {
  Name name = readName();
  FrameWriter frame(HELLO);
  addBoot(frame).add8(FIRMWARE_MAJOR).add8(FIRMWARE_MINOR).add8(resetCause).add8(MAX_REPORTS).add8(name.length);
  for (uint8_t at = 0; at < name.length; at++) frame.add8(name.text[at]);
  return frame.send();
}

static void sendHeartbeat(uint32_t nowMs) {
  FrameWriter frame(HEARTBEAT);
  addBoot(frame).add32(nowMs).add8(flags()).add8(reports.waiting()).add16(reports.lost()).add16(reader.damaged);
  frame.send();
}

static bool sendReport(const Report &oldest, uint32_t nowMs) {
  FrameWriter frame(REPORT);
  addBoot(frame)
      .add32(oldest.sequence)
      .add32(oldest.ageUnknown ? AGE_UNKNOWN : nowMs - oldest.seenAtMs)
      .add8(oldest.cause)
      .add8(oldest.flags)
      .add16(oldest.temperature)
      .add16(reports.lost());
  return frame.send();
}

enum Outcome : uint8_t { DONE, NOT_UNDERSTOOD };

static void obey(uint32_t nowMs) {
  uint16_t id = reader.read16(0);
  uint8_t action = reader.body()[2];
  Outcome outcome = action <= 1 ? DONE : NOT_UNDERSTOOD;
  if (outcome == DONE) setBuzzer(action == 1, nowMs);
  FrameWriter frame(RESULT);
  frame.add16(id).add8(outcome).add8(flags()).send();
}

static void receive(uint32_t nowMs) {
  uint8_t length = reader.bodyLength();
  switch (reader.kind()) {
    case ASK:
      helloDue = true;
      // Somebody is there again: what waits must not sit out its pause.
      repeatMs = 0;
      break;
    case ACKNOWLEDGE:
      if (length == 10 && reports.acknowledge({reader.read32(0), reader.read16(4)}, reader.read32(6))) repeatMs = 0;
      break;
    case COMMAND:
      if (length == 3) obey(nowMs);
      break;
    case SET_NAME:
      if (length >= 1 && length == reader.body()[0] + 1) writeName(reader.body() + 1, reader.body()[0]);
      helloDue = true;
      break;
    default:
      break;
  }
}

static void look(uint32_t nowMs) {
  if (contact.sample(nowMs)) report(CONTACT, nowMs);
  if (tamper.sample(nowMs)) report(TAMPER, nowMs);
  if (button.sample(nowMs) && !button.isHigh()) report(BUTTON, nowMs);
  if (buzzerOn && nowMs - buzzerSinceMs >= BUZZER_LIMIT_MS) setBuzzer(false, nowMs);
  if (nowMs - lastMeasureMs >= MEASURE_MS) {
    lastMeasureMs = nowMs;
    temperature = measureTemperature();
    bool cameOrWent = (temperature == NO_TEMPERATURE) != (reportedTemperature == NO_TEMPERATURE);
    int32_t step = (int32_t)temperature - reportedTemperature;
    bool isDue = nowMs - lastReportMs >= REPORT_MS || cameOrWent || abs(step) >= TEMPERATURE_STEP;
    // Half of the places are kept for what happens at the door; a temperature can be taken again later.
    if (isDue && reports.waiting() < MAX_REPORTS / 2) report(PERIODIC, nowMs);
  }
}

static void speak(uint32_t nowMs) {
  if (helloDue && sendHello()) helloDue = false;
  const Report *oldest = reports.oldest();
  if (oldest != nullptr && (repeatMs == 0 || nowMs - lastSendMs >= repeatMs) && sendReport(*oldest, nowMs)) {
    lastSendMs = nowMs;
    repeatMs = repeatMs == 0 ? REPEAT_MS : min(repeatMs * 2, MAX_REPEAT_MS);
  }
  if (nowMs - lastHeartbeatMs >= HEARTBEAT_MS) {
    lastHeartbeatMs = nowMs;
    sendHeartbeat(nowMs);
  }
  // Lit while something waits; a short blink with each heartbeat otherwise.
  digitalWrite(LED_PIN, oldest != nullptr || nowMs - lastHeartbeatMs < 50 ? HIGH : LOW);
}

void setup() {
  TCCR0B = _BV(CS02);
  // Nothing uses timers 1 and 2, the two-wire or the SPI unit.
  TCCR1B = 0;
  TCCR2B = 0;
  PRR |= _BV(PRTIM1) | _BV(PRTIM2) | _BV(PRTWI) | _BV(PRSPI);
  pinMode(BUZZER_PIN, OUTPUT);
  pinMode(LED_PIN, OUTPUT);
  contact.begin();
  tamper.begin();
  button.begin();
  Serial.begin(115200);
  beginThermometer();
  if (!reports.begin()) {
    uint32_t number = countBoot();
    reports.startBoot({number, measureNoise()});
  }
  temperature = measureTemperature();
  report(BOOT, elapsedMs());
  set_sleep_mode(SLEEP_MODE_IDLE);
  wdt_enable(WDTO_2S);
}

void loop() {
  static uint16_t lastLookMs = 0;
  wdt_reset();
  uint32_t nowMs = elapsedMs();
  bool isDue = (uint16_t)((uint16_t)nowMs - lastLookMs) >= SAMPLE_MS;
  if (isDue) {
    lastLookMs = nowMs;
    look(nowMs);
  }
  while (Serial.available() > 0) {
    if (!reader.take(Serial.read())) continue;
    receive(nowMs);
    isDue = true;
  }
  if (isDue) speak(nowMs);
  // Timer 0 and the serial line wake it; at worst a byte that came just now waits for the next tick, 4 ms.
  sleep_mode();
}
