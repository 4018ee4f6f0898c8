#include "reports.h"
#include "wire.h"

// Opening the port resets most boards (DTR), and so does the watchdog: without this the queue would be
// lost exactly when the bridge comes back for it. The start-up code leaves .noinit alone.
static struct {
  uint32_t mark;
  Boot boot;
  uint32_t nextSequence;
  uint16_t lost;
  uint8_t first;
  uint8_t count;
  Report reports[MAX_REPORTS];
  uint16_t crc;
} kept __attribute__((section(".noinit")));

static const uint32_t MARK = 0x47484e31;

static uint16_t keptChecksum() { return checksum((const uint8_t *)&kept, sizeof(kept) - sizeof(kept.crc)); }
static void seal() { kept.crc = keptChecksum(); }
static Report &at(uint8_t index) { return kept.reports[(kept.first + index) % MAX_REPORTS]; }

bool Reports::begin() {
  bool intact = kept.mark == MARK && kept.first < MAX_REPORTS && kept.count <= MAX_REPORTS &&
                kept.crc == keptChecksum();
  if (!intact) return false;
  for (uint8_t index = 0; index < kept.count; index++) at(index).ageUnknown = true;
  seal();
  return true;
}

void Reports::startBoot(Boot boot) {
  memset(&kept, 0, sizeof(kept));
  kept.mark = MARK;
  kept.boot = boot;
  kept.nextSequence = 1;
  seal();
}

const Boot &Reports::boot() const { return kept.boot; }
uint8_t Reports::waiting() const { return kept.count; }
uint16_t Reports::lost() const { return kept.lost; }
const Report *Reports::oldest() const { return kept.count == 0 ? nullptr : &at(0); }

void Reports::add(Cause cause, uint8_t flags, int16_t temperature, uint32_t nowMs) {
  // How it began and how it stands now matter most: where all places are taken the newest gives way. Its
  // number is used up all the same, so the gap tells the gateway how many are missing.
  if (kept.count == MAX_REPORTS) {
    if (kept.lost < 0xffff) kept.lost++;
  } else {
    kept.count++;
  }
  at(kept.count - 1) = {kept.nextSequence++, nowMs, cause, flags, temperature, false};
  seal();
}

bool Reports::acknowledge(const Boot &boot, uint32_t sequence) {
  if (kept.count == 0 || boot.number != kept.boot.number || boot.noise != kept.boot.noise) return false;
  if (at(0).sequence != sequence) return false;
  kept.first = (kept.first + 1) % MAX_REPORTS;
  kept.count--;
  seal();
  return true;
}
