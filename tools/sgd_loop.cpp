// The training loop of page 03 in C++, the number of factors fixed when it is compiled:
// the yardstick of `make bench`. Biased, float32, rows in the order given.
//   g++ -O3 -march=native -ffast-math -fPIC -DK=10 -c sgd_loop.cpp -o loop.o; g++ -shared loop.o -o loop.so
#include <cstdint>

extern "C" double run_epoch(const uint32_t *users, const uint32_t *movies, const float *ratings,
                            int64_t n_ratings, float *user_factors, float *movie_factors,
                            float *user_biases, float *movie_biases, float mean,
                            float learning_rate, float regularization) {
    double squared_errors = 0;
    for (int64_t row = 0; row < n_ratings; ++row) {
        const uint32_t user = users[row], movie = movies[row];
        float *p = user_factors + int64_t(user) * K;
        float *q = movie_factors + int64_t(movie) * K;
        float prediction = mean + user_biases[user] + movie_biases[movie];
        for (int f = 0; f < K; ++f) prediction += p[f] * q[f];
        const float error = ratings[row] - prediction;
        squared_errors += error * error;
        user_biases[user] += learning_rate * (error - regularization * user_biases[user]);
        movie_biases[movie] += learning_rate * (error - regularization * movie_biases[movie]);
        for (int f = 0; f < K; ++f) {
            p[f] += learning_rate * (error * q[f] - regularization * p[f]);
            q[f] += learning_rate * (error * p[f] - regularization * q[f]);
        }
    }
    return squared_errors;
}
