#include "identity.h"
#include <avr/eeprom.h>
#include "wiring.h"

// Layout, also in PROTOCOL.md: 0 length, 1 its complement, 2–25 the name; 32 and 40 the boot numbers.
static uint8_t *const NAME_LENGTH = (uint8_t *)0;
static uint8_t *const NAME_LENGTH_COMPLEMENT = (uint8_t *)1;
static uint8_t *const NAME_TEXT = (uint8_t *)2;

struct BootCount {
  uint32_t number;
  uint32_t complement;
};
static BootCount *const BOOT_COUNTS = (BootCount *)32;

static bool isNameCharacter(uint8_t c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static bool isName(const uint8_t *text, uint8_t length) {
  if (length == 0 || length > MAX_NAME) return false;
  for (uint8_t at = 0; at < length; at++)
    if (!isNameCharacter(text[at])) return false;
  return true;
}

Name readName() {
  Name name;
  name.length = eeprom_read_byte(NAME_LENGTH);
  uint8_t complement = eeprom_read_byte(NAME_LENGTH_COMPLEMENT);
  eeprom_read_block(name.text, NAME_TEXT, MAX_NAME);
  if ((uint8_t)~name.length != complement || !isName((const uint8_t *)name.text, name.length)) name.length = 0;
  return name;
}

bool writeName(const uint8_t *text, uint8_t length) {
  if (!isName(text, length)) return false;
  // Invalid while it is being written: a node must not answer to half a name.
  eeprom_update_byte(NAME_LENGTH, 0);
  eeprom_update_block(text, NAME_TEXT, length);
  eeprom_update_byte(NAME_LENGTH_COMPLEMENT, ~length);
  eeprom_update_byte(NAME_LENGTH, length);
  return true;
}

static uint32_t readBootCount(uint8_t slot) {
  BootCount count;
  eeprom_read_block(&count, BOOT_COUNTS + slot, sizeof(count));
  return count.number == ~count.complement ? count.number : 0;
}

uint32_t countBoot() {
  uint32_t first = readBootCount(0), second = readBootCount(1);
  uint32_t number = max(first, second) + 1;
  BootCount next = {number, ~number};
  // Over the older of the two.
  eeprom_update_block(&next, BOOT_COUNTS + (first > second ? 1 : 0), sizeof(next));
  return number;
}

uint16_t measureNoise() {
  uint16_t noise = 0;
  for (uint8_t round = 0; round < 32; round++) noise = (noise << 3 | noise >> 13) ^ analogRead(NOISE_PIN);
  return noise;
}
