// Water that runs through a network of reaches, with gauges that watch some of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace rivers {

struct Reach {
    std::string name;
    int downstream = -1;
    double length = 1, volume = 0, inflow = 0;
};

class Basin {
  public:
    explicit Basin(std::size_t reaches);
    void rain(double millimetres);
    void route(double hours);  // lets the water run down for that long
    int find(const std::string& name) const;
    const std::vector<Reach>& reaches() const { return reaches_; }

  private:
    std::vector<Reach> reaches_;
};

class Gauge {
  public:
    explicit Gauge(int reach) : reach_(reach) {}
    void read(const Basin& basin);
    double trend() const;  // of the last readings
    double highest() const;

  private:
    int reach_;
    std::vector<double> levels_;
    std::size_t next_ = 0;
};

double stage_of(double volume, double length);  // the level that a volume stands at

}  // namespace rivers
