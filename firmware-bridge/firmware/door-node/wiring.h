// What is soldered to which pin of the Uno, and when a reading counts.
#pragma once
#include <Arduino.h>

// Contacts close to ground against the internal pull-up, so a cut cable reads as open and as tampered with.
const uint8_t CONTACT_PIN = 2;  // reed contact, closed while the door is closed
const uint8_t TAMPER_PIN = 3;   // switch, closed while the lid is on
const uint8_t BUTTON_PIN = 4;   // request to exit, closed while pressed
const uint8_t BUZZER_PIN = 8;   // active buzzer, sounds while high
const uint8_t LED_PIN = 13;
const uint8_t THERMOMETER_PIN = A0;  // TMP36: 500 mV at 0 °C, 10 mV/°C
const uint8_t NOISE_PIN = A5;        // left open: its noise tells two first boots apart

// A contact must hold still for this long; reeds bounce for a few milliseconds, hands for about twenty.
const uint16_t DEBOUNCE_MS = 30;
// Inputs are looked at this often.
const uint8_t SAMPLE_MS = 10;

const uint32_t HEARTBEAT_MS = 5000;
// The whole state is reported at least this often, so that a gateway which restarted learns it.
const uint32_t REPORT_MS = 60000;
const uint16_t MEASURE_MS = 2000;
// A change of the temperature that is worth a report of its own, in 1/100 °C.
const int16_t TEMPERATURE_STEP = 50;

// First repeat of an unacknowledged report, doubled each time up to the second.
const uint16_t REPEAT_MS = 500;
const uint16_t MAX_REPEAT_MS = 8000;
// A buzzer that nobody renews falls silent: the command to stop it may never come.
const uint32_t BUZZER_LIMIT_MS = 600000;
