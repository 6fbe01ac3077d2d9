print('Hello from your own Azure account')
